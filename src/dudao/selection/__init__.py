"""Selection (选谁、谁去): cycle plans, draws, recusals, teams and their travel: who is inspected when and by whom."""
