/* Puts survey files on a cluster, evaluates them, and prints the report as JSON.
 *
 *     submit_survey DATASET SPEC.yaml DATA.csv...
 *
 * The broker is the environment's CANVASS_BROKER; keys are CANVASS_IDENTITY and CANVASS_BROKER_KEY.  Files
 * that the dataset has already are neither sent nor read again.  Ctrl-C leaves; the job goes on.
 */
#include <canvass.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stopped;

static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static int complain(const canvass_error *error) {
  fprintf(stderr, "submit_survey: %s: %s\n", error->name, error->message);
  return 1;
}

/* One line on standard error for every phase and stage, and its share while it lasts. */
static bool show(void *context, const canvass_progress *p) {
  static const char *const phases[] = {"Sending", "Waiting for a worker", "Evaluating", "Finishing"};
  char *shown = context;
  char line[80];
  const unsigned percent = p->total > 0 ? (unsigned)((double)p->done / (double)p->total * 100) : 0;
  if (p->is_away) {
    snprintf(line, sizeof line, "The broker is away; waiting for it");
  } else if (p->phase == CANVASS_SENDING || p->phase == CANVASS_RUNNING) {
    snprintf(line, sizeof line, "%s, stage %" PRIu32 ": %u %%", phases[p->phase], p->stage + 1, percent);
  } else {
    snprintf(line, sizeof line, "%s", phases[p->phase]);
  }
  if (strcmp(line, shown) != 0) {
    strcpy(shown, line);
    fprintf(stderr, "%s\n", line);
  }
  return stopped == 0;
}

static int evaluate(canvass *c, const char *dataset, const char *specification, const char *const *paths,
                    size_t count) {
  char shown[80] = "";
  canvass_error error;
  canvass_dataset data;
  const canvass_files files = {
      .size = sizeof files,
      .dataset = dataset,
      .specification_file = specification,
      .paths = paths,
      .count = count,
      .append = true,
  };
  if (canvass_put(c, &files, show, shown, &data, &error) != CANVASS_OK) {
    return complain(&error);
  }
  fprintf(stderr, "%s, version %" PRIu64 ": %" PRIu64 " rows\n", dataset, data.version, data.rows);

  char id[CANVASS_JOB_BYTES];
  const canvass_job job = {
      .size = sizeof job,
      .specification_file = specification,
      .dataset = dataset,
      .version = data.version,
      .title = specification,
  };
  if (canvass_submit(c, &job, id, &error) != CANVASS_OK) {
    return complain(&error);
  }

  char *report = NULL;
  size_t length = 0;
  if (canvass_wait(c, id, show, shown, &report, &length, &error) != CANVASS_OK) {
    if (error.code == CANVASS_INTERRUPTED && stopped) {
      fprintf(stderr, "The job goes on; 'canvass report %s' prints its report\n", id);
    }
    return complain(&error);
  }
  const int failed =
      fwrite(report, 1, length, stdout) != length || putchar('\n') == EOF || fflush(stdout) != 0;
  canvass_free(report);
  return failed;
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "Usage: submit_survey DATASET SPEC DATA...\n");
    return 2;
  }
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  canvass *c = NULL;
  canvass_error error;
  if (canvass_connect(NULL, NULL, &c, &error) != CANVASS_OK) {
    return complain(&error);
  }
  const int result = evaluate(c, argv[1], argv[2], (const char *const *)argv + 3, (size_t)argc - 3);
  canvass_close(c);
  return result;
}
