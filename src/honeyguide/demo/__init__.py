"""The demonstration: the program of *Meadow*, a vendor of CRM software, up to the day on which it is made."""
