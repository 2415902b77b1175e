from docs import catalogue


def test_the_page_says_what_the_tables_say() -> None:
    assert catalogue.PAGE.read_text(encoding="utf-8") == catalogue.page(), "run: python -m docs.catalogue"
