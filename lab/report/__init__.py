"""How results are kept, printed, drawn, and written into the pages of docs/."""
