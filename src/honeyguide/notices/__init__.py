"""What partners are told: an append-only record of what was sent, when and to whom (T1.7.1), and its mails."""
