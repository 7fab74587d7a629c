COURSE=${COURSE:-$LOCKSTEP_REPOSITORY}
COURSE_REF=${COURSE_REF:-$LOCKSTEP_REF}
if [ -z "$COURSE" ] || [ -z "$COURSE_REF" ]; then
  echo "No score: set the variables LOCKSTEP_REPOSITORY (the course's path on this server) and LOCKSTEP_REF (a commit or tag)"
  exit 1
fi
work=$(mktemp -d)
authorization="Authorization: Basic $(printf 'gitlab-ci-token:%s' "$TOKEN" | base64 | tr -d '\n')"
fetch() { # fetch FOLDER REPOSITORY REF
  git init -q "$1" &&
    git -C "$1" -c http.extraHeader="$authorization" fetch -q --depth 1 "$SERVER/$2.git" "$3" &&
    git -C "$1" checkout -q FETCH_HEAD
}
if [ -z "$SUBMISSION" ]; then
  SUBMISSION=$work/submission
  fetch "$SUBMISSION" "$OWN" "$OWN_REF" ||
    { echo "No score: what was pushed can't be had"; exit 1; }
fi
fetch "$work/course" "$COURSE" "$COURSE_REF" ||
  { echo "No score: the course $COURSE can't be had at $COURSE_REF; tell your teacher"; exit 1; }
@GRADER@
code=0
"$work/grader" @GRADE@ --course "$work/course@PLACE@" --submission "$SUBMISSION" \
  --format junit --out report.xml --html report.html --summary summary.md || code=$?
if [ -f summary.md ]; then cat summary.md; fi
exit $code
