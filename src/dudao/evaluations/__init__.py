"""Evaluations (督导评估) from the campaign to the published result: self-evaluation, review, visits, scores, objections, use.

Every kind of evaluation is a configuration: a published version of an indicator system and a campaign template (`dudao.packs`
kind «campaigns»). What a mark is worth is computed by `dudao.calc.score`; evidence lies in `dudao.evidence`; problems found go
to `dudao.findings`, what is sent goes to `dudao.papers`.
"""
