#!/bin/sh
# Opens a pull request with a correction of the course in each of <<len .Repositories>> repositories.
# It needs git and gh, logged in so that git may push, workflows too:
#   gh auth login && gh auth refresh --scopes workflow && gh auth setup-git
# Started again, it opens those that are missing.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
branch=<<shell .Branch>>
failed=
correct() { # correct OWNER/NAME
	there=$(gh pr list --repo "$1" --head "$branch" --state all --json number --jq length) || return
	[ "$there" = 0 ] || return 0
	gh repo clone "$1" "$work/$1" -- --quiet --depth 1 || return
	<<shell .Grader>> update --course "$work/$1" <<shell .Published>> || return
	git -C "$work/$1" add --all || return
	! git -C "$work/$1" diff --cached --quiet || return 0
	git -C "$work/$1" commit --quiet --message 'Correct the course' &&
		git -C "$work/$1" push --quiet --force origin "HEAD:refs/heads/$branch" &&
		gh pr create --repo "$1" --head "$branch" --title 'A correction of the course' \
			--body 'Merge it to bring the correction here. Programs that you changed stay as they are.'
}
ask() {
	echo "== $1"
	correct "$1" || failed="$failed $1"
	rm -rf "${work:?}/$1"
}
<<range .Repositories>>ask <<shell .>>
<<end>>[ -z "$failed" ] || { echo "not done:$failed" >&2; exit 1; }
