/* canvass report: the report of a job that has ended. */
#include "base/json.h"
#include "cli/destination.h"
#include "cli/link.h"
#include "cli/output.h"
#include "cli/rendering.h"
#include "cli/words.h"

static const option options[] = {
    RENDERING_OPTIONS,
    LINK_OPTIONS,
};

/* The job of a load (files that a worker read) has a short document of its own. */
static bool is_of_a_load(const json *document) {
  return json_kind_of(json_get(document, "dataset")) == JSON_TEXT && json_get(document, "analyses") == NULL;
}

static status write_load(const settings *s, const json *document, error *err) {
  char rows[WORDS_BYTES];
  words_of_count((uint64_t)json_as_integer(json_get(document, "rows")), rows);
  buf line;
  buf_init(&line);
  buf_printf(&line, "dataset %s is at version %lld, %s rows\n",
             json_as_cstring(json_get(document, "dataset")),
             (long long)json_as_integer(json_get(document, "version")), rows);
  status result = buf_status(&line, "the answer", err);
  if (result == STATUS_OK) {
    result = output_write(s->output, &line, err);
  }
  buf_fini(&line);
  return result;
}

static status write_document(const settings *s, const buf *report, error *err) {
  arena *memory = arena_new();
  if (memory == NULL) {
    return error_no_memory(err, "the report");
  }
  json *document = NULL;
  status result =
      json_parse(memory, (slice){(const char *)report->data, report->length}, "report", &document, err);
  if (result == STATUS_OK) {
    result = is_of_a_load(document) && !report_format_is_document(s->format)
                 ? write_load(s, document, err)
                 : rendering_write(s, report, err);
  }
  arena_destroy(memory);
  return result;
}

static status report_steps(const settings *s, session *link, const char *prefix, buf *report, error *err) {
  char id[SESSION_JOB_BYTES];
  TRY(session_find_job(link, prefix, id, err));
  const status found = session_report(link, id, report, err);
  if (found == STATUS_INTERRUPTED) { /* the job was; this program is not */
    error why = *err;
    return error_set(err, STATUS_JOB, "job %.8s: %s", id, why.message);
  }
  TRY(found);
  return write_document(s, report, err);
}

static status report(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  TRY(destination_check(s, NULL, 0, err));
  session *link = NULL;
  TRY(link_open(s, &link, err));
  buf document;
  buf_init(&document);
  const status result = report_steps(s, link, operands[0], &document, err);
  buf_fini(&document);
  session_close(link);
  return result;
}

const subcommand subcommand_report = {
    .name = "report",
    .summary = "print the report of a job that is done",
    .usage = "[OPTIONS] JOB",
    .about =
        "Prints a job's report, as often as one likes.  A job that has not ended yet is a\n"
        "failure (exit code 1) that says how far it is; 'canvass watch' waits for it.\n"
        "JOB: its id as 'canvass submit' printed it, or the first digits of it.\n",
    .example =
        "canvass report 1f0e3dad\n"
        "canvass report 1f0e3dad --format csv -o report.csv\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a job's id",
    .run = report,
};
