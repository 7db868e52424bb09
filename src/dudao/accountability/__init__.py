"""Accountability (问责) and talks (约谈): what happens where findings are not put right.

A case has the steps, the day counts and the forms of 教育督导问责办法 (国教督〔2021〕2号); a talk stands by itself or belongs
to a case. Findings lie below: a case names those that it rests on, and a talk's demands may become findings.
"""
