"""The receiver of alarm hosts (SIA DC-09 over TCP): checks, keeps, answers; it never judges."""
