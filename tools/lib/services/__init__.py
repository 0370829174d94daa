"""The servers behind tools/services: one file each, over service.py (processes) and maven.py."""
