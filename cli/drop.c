/* canvass drop: removes a dataset. */
#include <inttypes.h>

#include "cli/link.h"
#include "cli/output.h"

static const option options[] = {
    LINK_OPTIONS,
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL, "no message on success"},
};

static status drop(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  session *link = NULL;
  uint64_t using = 0;
  TRY(link_open(s, &link, err));
  const status st = session_drop(link, operands[0], &using, err);
  session_close(link);
  TRY(st);
  if (!s->quiet && using > 0) {
    output_complain("dataset %s is dropped; its data stay until %" PRIu64 " unfinished %s ended", operands[0],
                    using, using == 1 ? "job has" : "jobs have");
  } else if (!s->quiet) {
    output_complain("dataset %s is dropped", operands[0]);
  }
  return STATUS_OK;
}

const subcommand subcommand_drop = {
    .name = "drop",
    .summary = LINK_ENDING_SUMMARY,
    .usage = "[OPTIONS] NAME",
    .about =
        "Removes a dataset.  Its name is free at once; jobs that use its data go on, and\n"
        "the data are removed when these have ended.\n",
    .example = "canvass drop airline\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a dataset's name",
    .run = drop,
};
