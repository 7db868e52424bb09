"""Problems found (问题) and what becomes of them: rectified, verified, crossed off (销号), looked back at, or accounted for.

Where a finding comes from it knows as a label, an address and a key, never as a class: scores, visits, returns and complaints
lie above and make findings through the actions here.
"""
