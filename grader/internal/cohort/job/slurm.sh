#!/usr/bin/env bash
# Grades a class as an array of <<.Tasks>> tasks and merges them at the end. Submit it
# with `sbatch FILE` from a folder that every node sees. A task whose node is lost is
# queued again and goes on where it was.
#SBATCH --job-name=lockstep
#SBATCH --array=0-<<.Last>>
#SBATCH --cpus-per-task=2
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=lockstep-%A_%a.log
set -eu
grader=<<shell .Grader>>
# The first task to start arranges for the merge, once.
if [ "${SLURM_ARRAY_TASK_ID:-}" = "${SLURM_ARRAY_TASK_MIN:-0}" ] && [ "${SLURM_RESTART_COUNT:-0}" = 0 ]; then
	sbatch --job-name=lockstep-merge --dependency="afterany:$SLURM_ARRAY_JOB_ID" --open-mode=append --output=lockstep-merge.log \
		--wrap="$grader merge <<shell .Out>>"
fi
exec "$grader" class --course <<shell .Course>> --out <<shell .Out>><<if .Flags>> <<shell .Flags>><<end>> <<shell .Submissions>>
