"""The whole system on one machine: as processes (`stack`), and for `sam local` in containers (`containers`)."""
