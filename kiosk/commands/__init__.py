"""The commands of `kiosk`, a module each: it registers its words and answers with a value; `kiosk.cli` prints and exits."""
