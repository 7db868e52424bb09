from dudao.calc.visible import visible


def test_what_shows_nothing_or_turns_the_text_round_is_dropped():
    assert visible("王\u202e小\u200b明\ufeff\x07") == "王小明"
    assert visible("第一行\r\n第二行\t表") == "第一行\r\n第二行\t表"
    assert visible("㕮\u3000𠮷·阿依古丽") == "㕮\u3000𠮷·阿依古丽"
