from pedalcast.models.jobs.training_task import WEIGHTS, OverallProgress

STAGES = ("reading history", "drawing rows", "growing trees")


def told(stages, *, once=False) -> list[float]:
    shares = []
    overall = OverallProgress(lambda _, share: shares.append(share), once=once)
    for stage in stages:
        for step in range(5):
            overall(stage, step / 4)
    return shares


class TestOverall:
    def test_goes_up_over_trial_judging_and_version(self):
        shares = told([*STAGES, "judging", "judging", *STAGES])
        assert shares == sorted(shares)
        assert shares[0] == 0
        assert 0.9 < shares[-1] < 1

    def test_goes_up_to_the_end_without_a_trial(self):
        shares = told(STAGES, once=True)
        assert shares == sorted(shares)
        assert 0.9 < shares[-1] < 1

    def test_never_says_it_is_done(self):
        assert max(told([*STAGES, "judging"] * 5)) < 1

    def test_knows_how_to_go_on_from_a_stage_it_does_not_know(self):
        shares = told(["reading history", "sharpening pencils", "drawing rows"])
        assert shares == sorted(shares)
        assert shares[-1] == WEIGHTS["reading history"] + WEIGHTS["drawing rows"]
