"""Where and when an event was: which of its options is taken."""

from pipelines.nlp.events.settling import NOTHING, Options

# Added one by one as floats, three tenths are more than 0.3.
WEIGHTS = {"near": 0.1, "named": 0.1, "near:own": 0.1, NOTHING: 0.3}


def test_of_equal_options_the_first_is_taken_however_their_weights_are_added():
    options: Options[str] = Options(lambda value: value, ())
    options.add("near", "Accra", ["own"])
    options.add("named", "Accra")
    assert options.best(WEIGHTS).value is None


def test_what_outweighs_none_is_taken():
    options: Options[str] = Options(lambda value: value, ())
    options.add("near", "Accra", ["own"])
    options.add("named", "Accra")
    assert options.best({**WEIGHTS, NOTHING: 0.2}).value == "Accra"
