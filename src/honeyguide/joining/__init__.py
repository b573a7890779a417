"""How companies and their people come into the program: applicants accepted, logins invited, profiles moderated."""
