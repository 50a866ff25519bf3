"""Every number of customers that a report tells, whom it stands for, and what two of them tell."""
