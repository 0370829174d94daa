"""What tools/test runs: parts.py says what each part is, the others run it and count."""
