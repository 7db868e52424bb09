"""Visits (实地评估): a team goes to a unit, notes down what it sees and hears, feeds back before leaving and concludes."""
