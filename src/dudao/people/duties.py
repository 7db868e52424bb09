"""What the roles are made of: verbs that belong to one piece of work, by part of the platform.

Who does which is said in `people.roles`.
"""

READ = {
    "unit.view",
    "plan.view",
    "task.view",
    "assignment.view",
    "assignment.light",
    "file.view",
    "framework.view",
    "evidence.view",
}
# A unit keeps its own evidence library; who stands above it sees and exports.
LIBRARY = {
    "evidence.add",
    "evidence.edit",
    "evidence.withdraw",
    "evidence.restore",
    "evidence.export",
    "evidence.attach",
    "evidence.detach",
    "evidence.freeze",
    "evidence.thaw",
}
UNITS = {
    "unit.open",
    "unit.edit",
    "unit.rename",
    "unit.move",
    "unit.merge",
    "evidence.follow",
    "unit.split",
    "unit.close",
    "unit.licence",
    "unit.import",
    "unit.export",
    "contact.edit",
    "contact.reveal",
}
PEOPLE = {
    "account.view",
    "account.create",
    "account.bulk",
    "account.export",
    "account.edit",
    "account.reset",
    "account.disable",
    "account.enable",
    "appointment.make",
    "appointment.end",
    "phone.reveal",
}
REPORT = {
    *LIBRARY,
    "assignment.sign",
    "assignment.progress",
    "assignment.report",
    "assignment.withdraw",
    "file.add",
    "ledger.export",
    "ledger.check",
    "ledger.import",
    "ledger.discard",
}
JUDGE = {
    "assignment.issue",
    "assignment.confirm",
    "assignment.return",
    "assignment.close",
    "assignment.remind",
    "assignment.extend",
    "assignment.mark",
    "assignment.recall",
}
OFFICER = {
    "plan.import",
    "plan.edit",
    "plan.amend",
    "task.create",
    "task.edit",
    "task.split",
    "task.merge",
    "task.discard",
    "task.hand_down",
    "task.withdraw",
    "task.schedule",
    "task.step_done",
    *JUDGE,
    "ledger.export",
    "ledger.check",
    "ledger.import",
    "ledger.discard",
    "brief.make",
    "file.add",
    "file.remove",
}
DIRECTOR = {
    "plan.publish",
    "plan.discard",
    "lights.edit",
    "calendar.edit",
    "assignment.reopen",
    "task.close",
    "evidence.check",
}

FRAMEWORKS = {
    "framework.start",
    "framework.load",
    "framework.import",
    "framework.export",
    "framework.edit",
    "framework.clone",
    "framework.rename",
    "framework.discard",
}
FRAMEWORKS_DECIDED = {"framework.publish", "framework.retire"}
TRIALS = {"trial.view", "trial.run", "trial.export", "trial.delete"}

# Preschool runs; class and school sizes: counties plan how to end large classes, the city decides.
PRESCHOOL = {"preschool.run", "preschool.judge", "preschool.export"}
SIZES = {"size.export", "elimination.export"}
SIZES_PLANNED = {"elimination.edit", "elimination.submit", "elimination.amend", "elimination.import"}
SIZES_DECIDED = {"elimination.approve", "elimination.send_back"}

# Statistics: what schools report and what is computed from it.
REPORTING = {"return.view", "return.fill", "return.submit", "return.import", "return.export"}
BALANCE = {"return.view", "balance.view", "size.view", "preschool.view"}
STATISTICS = {
    *REPORTING,
    *BALANCE,
    "return.send_back",
    "return.accept",
    "return.lock",
    "return.remind",
    "balance.run",
    "balance.export",
    "balance.judge",
    "balance.price",
    "balance.relief",
    "balance.forecast",
}
ROUNDS = {
    "round.create",
    "round.edit",
    "round.discard",
    "round.extend",
    "round.open",
    "round.close",
    "return.ask",
    "return.extend",
    "item.edit",
    "rule.edit",
}

# Findings: what the responsible unit does, what the office that found them does.
RECTIFYING = {
    "finding.view",
    "finding.sign",
    "finding.plan",
    "finding.progress",
    "finding.partly",
    "finding.keep_on",
    "finding.report",
    "finding.take_back",
    "finding.ask_time",
    "finding.export",
    "paper.view",
    "paper.receive",
}
CONSULTING = {"consult.view", "consult.answer"}
LOOKING = {"lookback.view", "lookback.visit"}
LOOK_BACK = {
    *LOOKING,
    "lookback.make",
    "lookback.assign",
    "lookback.settle",
    "lookback.send_back",
    "lookback.drop",
    "lookback.close",
}
FEEDBACK = {
    "feedback.view",
    "feedback.register",
    "feedback.edit",
    "feedback.spread",
    "feedback.export",
    "feedback.report",
}
FINDING = {"finding.view", "finding.create", "finding.edit", "finding.discard", "finding.export", "paper.view"}
SUPERVISING = {
    *FINDING,
    "finding.issue",
    "finding.recall",
    "finding.verify",
    "finding.send_back",
    "finding.close",
    "finding.reopen",
    "finding.waive",
    "finding.give_time",
    "finding.pause",
    "finding.resume",
    "finding.remind",
    "finding.escalate",
    "finding.import",
    "finding.recur",
    *LOOK_BACK,
    *FEEDBACK,
    *CONSULTING,
    "consult.ask",
    "consult.withdraw",
}
WRITING = {
    "paper.view",
    "paper.draft",
    "paper.edit",
    "paper.answer",
    "paper.submit",
    "paper.check",
    "paper.send_back",
    "paper.issue",
    "paper.queue",
    "paper.remind",
    "paper.seal",
    "paper.discard",
    "paper.template",
    "paper.style",
}
# Accountability: what the accused do (who may know of a person in ``PERSONAL`` too), what the office does, what its head does.
ACCUSED = {
    "case.view",
    "case.defend",
    "case.receive",
    "case.ask_review",
    "case.appeal",
    "talk.view",
    "talk.sign",
}
PERSONAL = {"case.person", "paper.personal"}
ACCOUNTING = {
    *ACCUSED,
    *PERSONAL,
    "case.open",
    "case.edit",
    "case.examine",
    "case.notify",
    "case.drop",
    "case.hear",
    "case.consult",
    "case.answer",
    "case.submit",
    "case.issue",
    "case.execute",
    "case.publish",
    "case.decide_review",
    "case.decide_appeal",
    "case.correct",
    "case.archive",
    "case.recall",
    "case.export",
    "talk.plan",
    "talk.call",
    "talk.record",
    "talk.absent",
    "talk.follow",
    "talk.cancel",
}
# Evaluations: what the evaluated unit does, what who checks it does, what reviewers and teams do, what the office does and decides.
EVALUATED = {
    "campaign.view",
    "campaign.export",
    "evaluation.view",
    "evaluation.fill",
    "evaluation.submit",
    "evaluation.take_back",
    "onsite.view",
    "onsite.state",
    "result.view",
    "objection.ask",
    "objection.withdraw",
    "proposal.make",
}
# What a department answers in its government's self-evaluation, and what the government's office does about it.
CONTRIBUTING = {"part.view", "part.fill", "part.submit", "part.take_back"}
SPREADING = {"part.view", "part.assign", "part.edit", "part.return", "part.merge", "part.remind", "part.withdraw"}
REVIEWING = {"review.view", "review.mark", "review.submit", "review.hand_back", "recusal.declare"}
ON_SITE = {
    "onsite.view",
    "onsite.begin",
    "onsite.record",
    "onsite.mark",
    "onsite.feed_back",
    "onsite.settle",
}
EVALUATING = {
    *EVALUATED,
    *SPREADING,
    *REVIEWING,
    *ON_SITE,
    "campaign.create",
    "campaign.edit",
    "campaign.start",
    "campaign.amend",
    "campaign.remind",
    "campaign.try",
    "campaign.score",
    "campaign.reopen",
    "evaluation.accept",
    "evaluation.remark",
    "evaluation.move",
    "evaluation.return",
    "evaluation.extend",
    "evaluation.exempt",
    "evaluation.restore",
    "review.assign",
    "review.revoke",
    "review.reopen",
    "review.settle",
    "onsite.plan",
    "onsite.notify",
    "onsite.cancel",
    "result.use",
    "objection.uphold",
    "objection.change",
    "proposal.decide",
    "draw.view",
    "draw.create",
    "draw.edit",
    "draw.commit",
    "draw.draw",
    "draw.override",
}
EVALUATIONS_DECIDED = {
    "campaign.decide",
    "campaign.publicise",
    "campaign.publish",
    "campaign.archive",
    "campaign.cancel",
    "draw.publish",
    "draw.void",
}
# Cycle plans and teams: who plans visits over the years and who goes, who decides.
CYCLES = {
    "account.speciality",
    "cycle.view",
    "cycle.create",
    "cycle.edit",
    "cycle.fix",
    "cycle.compute",
    "cycle.solve",
    "cycle.replan",
    "cycle.export",
    "team.view",
    "team.create",
    "team.keep",
    "team.apply",
    "team.drop",
    "team.travel",
}
CYCLES_DECIDED = {
    "cycle.apply",
    "cycle.drop",
    "cycle.approve",
    "cycle.discard",
    "recusal.approve",
    "recusal.reject",
    "recusal.end",
}
SIGNING = {"paper.sign", "paper.withdraw", "paper.void_number", "term.edit", "evidence.limit"}
