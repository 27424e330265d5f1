"""How letters become Chinese, and how figures and days are entered: engines and pure editing, with no Kivy."""
