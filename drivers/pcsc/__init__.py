"""What is said to chip cards, and what their answers mean; nothing here moves a byte."""
