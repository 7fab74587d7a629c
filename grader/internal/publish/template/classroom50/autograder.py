#!/usr/bin/env python3
"""Grades a submission for Classroom 50 with Lockstep's grader.

Classroom 50's runner starts this file in the student's checkout. It takes the
course from the folder `course` beside it, or from the repository that lockstep.json
names, builds the grader, and leaves result.json (classroom50/result/v1) and
release-body.md. It ends with 0 when everything was graded, whatever the score. When
the grader broke it leaves no result and ends with 1, which Classroom 50 shows as an
error: the schema has no word for it, and a part of the points is no score.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEADLINE = "11m"  # of grading; Classroom 50 stops the job after 15 minutes
PATIENCE = 13 * 60  # seconds; only a grader that hangs reaches it


def fetch(settings, to):
    """Fetches the course's repository at its pinned commit or tag."""
    url = settings["repository"]
    if "://" not in url and not url.startswith("/"):
        url = f"https://github.com/{url}.git"
    git = ["git", "-C", str(to)]
    subprocess.run(["git", "init", "--quiet", str(to)], check=True)
    token = os.environ.get("LOCKSTEP_TOKEN")
    if token:
        git += ["-c", f"http.extraHeader=Authorization: Bearer {token}"]
    subprocess.run(git + ["fetch", "--quiet", "--depth=1", url, settings["ref"] or "HEAD"], check=True)
    subprocess.run(git + ["checkout", "--quiet", "FETCH_HEAD"], check=True)


def submitted(checkout):
    """The graded commit's committer date, which no second run changes."""
    told = subprocess.run(
        ["git", "-C", str(checkout), "log", "-1", "--format=%cI"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() if told.returncode == 0 else ""


def hand_over(file, to):
    """Puts a file into the checkout in place of whatever the student has there."""
    if to.is_dir() and not to.is_symlink():
        shutil.rmtree(to)
    part = to.with_name(f".{to.name}.{os.getpid()}")
    shutil.copyfile(file, part)
    os.replace(part, to)


def main():
    checkout = Path.cwd()
    settings = json.loads((HERE / "lockstep.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="lockstep-") as name:
        work = Path(name)
        course = HERE / "course"
        if settings["repository"]:
            course = work / "course"
            fetch(settings, course)
        grader = work / "grader"
        subprocess.run(["go", "build", "-o", str(grader), "./grader"], cwd=course, env={**os.environ, "CGO_ENABLED": "0"}, check=True)
        result, body = work / "result.json", work / "release-body.md"
        environment = dict(os.environ)
        when = submitted(checkout)
        if when:
            environment["LOCKSTEP_SUBMITTED"] = when
        command = [
            str(grader), "grade", *settings["exercises"], "--course", str(course) + settings.get("place", ""), "--submission", str(checkout),
            "--format", "classroom50", "--out", str(result), "--summary", str(body), "--deadline", DEADLINE,
        ]
        try:
            code = subprocess.run(command, env=environment, timeout=PATIENCE, check=False).returncode
        except subprocess.TimeoutExpired:
            code = 3
        if code not in (0, 1) or not result.exists():
            print("lockstep: the grader broke: this is no score", file=sys.stderr)
            return 1
        for file in (result, body):
            if file.exists():
                hand_over(file, checkout / file.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
