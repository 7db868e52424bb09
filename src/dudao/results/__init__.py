"""Results (评估结果): what becomes of the scores of a campaign: decision, publicity, objections, publication, use, proposals."""
