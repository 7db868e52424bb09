"""Balance of compulsory education in a county: per-pupil resources, school verdicts, coefficients of variation."""

from dudao.calc.balance.coefficients import coefficient_of_variation

__all__ = ["coefficient_of_variation"]
