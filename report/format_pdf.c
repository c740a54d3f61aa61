/* PDF: the page of format_html, printed by an installed browser of the Chromium family.
 *
 * The page and what the browser writes are in a folder of their own, as is the browser's profile: nothing of
 * the user's is read.  As root the browser needs to be told to go without its sandbox; the page has no script
 * from elsewhere and its policy forbids fetching. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "report/formats.h"

extern char **environ;

enum { PATH_BYTES = 4096, PDF_BYTES_MAX = 1 << 30, ARGUMENTS = 12, FOLDERS_OPEN = 16 };

/* In the order in which they are looked for. */
static const char *const browsers[] = {"chromium", "chromium-browser", "google-chrome",
                                       "google-chrome-stable", "microsoft-edge"};
enum { BROWSERS = sizeof browsers / sizeof browsers[0] };

/* ---- Which browser ------------------------------------------------------------------------------- */

static bool is_program(const char *path) {
  struct stat s;
  return stat(path, &s) == 0 && S_ISREG(s.st_mode) && access(path, X_OK) == 0;
}

/* NAME in one of the folders of PATH. */
static bool find_in_path(const char *name, char out[PATH_BYTES]) {
  const char *folders = getenv("PATH");
  while (folders != NULL && folders[0] != '\0') {
    const size_t length = strcspn(folders, ":");
    const int written = snprintf(out, PATH_BYTES, "%.*s/%s", (int)length, folders, name);
    if (length > 0 && written > 0 && written < PATH_BYTES && is_program(out)) {
      return true;
    }
    folders += length + (folders[length] == ':' ? 1 : 0);
  }
  return false;
}

static status find_browser(char out[PATH_BYTES], error *err) {
  const char *named = getenv("CANVASS_BROWSER");
  if (named != NULL && named[0] != '\0') {
    const bool is_path = strchr(named, '/') != NULL;
    if (is_path ? is_program(named) : find_in_path(named, out)) {
      if (is_path) {
        (void)snprintf(out, PATH_BYTES, "%s", named);
      }
      return STATUS_OK;
    }
    return error_set(err, STATUS_USAGE, "CANVASS_BROWSER: '%.200s' is not a program", named);
  }
  for (size_t i = 0; i < BROWSERS; i++) {
    if (find_in_path(browsers[i], out)) {
      return STATUS_OK;
    }
  }
  return error_set(
      err, STATUS_USAGE,
      "a PDF is printed by Chromium or Chrome, and neither is installed; install chromium, or name a "
      "browser in CANVASS_BROWSER, or write --format html and print that");
}

/* ---- Printing ------------------------------------------------------------------------------------ */

typedef struct print_job {
  char folder[PATH_BYTES];
  char page[PATH_BYTES + 16], pdf[PATH_BYTES + 16], profile[PATH_BYTES + 16];
} print_job;

static status make_folder(print_job *job, error *err) {
  const char *place = getenv("TMPDIR");
  (void)snprintf(job->folder, sizeof job->folder, "%.4000s/canvass-print-XXXXXX",
                 place != NULL && place[0] == '/' ? place : "/var/tmp");
  if (mkdtemp(job->folder) == NULL) {
    return error_set(err, STATUS_IO, "%s: no folder to print in can be made: %s", job->folder,
                     strerror(errno));
  }
  (void)snprintf(job->page, sizeof job->page, "%s/report.html", job->folder);
  (void)snprintf(job->pdf, sizeof job->pdf, "%s/report.pdf", job->folder);
  (void)snprintf(job->profile, sizeof job->profile, "%s/profile", job->folder);
  return STATUS_OK;
}

static status write_page(const print_job *job, const buf *page, error *err) {
  const int fd = open(job->page, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const int failure = fd < 0 ? errno : file_write(fd, page->data, page->length);
  if (fd >= 0) {
    (void)close(fd);
  }
  return failure == 0 ? STATUS_OK : error_set(err, STATUS_IO, "%s: %s", job->page, strerror(failure));
}

static status run_browser(const char *browser, const print_job *job, error *err) {
  char pdf[PATH_BYTES + 64], profile[PATH_BYTES + 64], page[PATH_BYTES + 64];
  (void)snprintf(pdf, sizeof pdf, "--print-to-pdf=%s", job->pdf);
  (void)snprintf(profile, sizeof profile, "--user-data-dir=%s", job->profile);
  (void)snprintf(page, sizeof page, "file://%s", job->page);
  const char *arguments[ARGUMENTS] = {
      browser, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer", profile, pdf, page};
  if (geteuid() == 0) {
    arguments[8] = "--no-sandbox";
  }
  posix_spawn_file_actions_t silent;
  if (posix_spawn_file_actions_init(&silent) != 0) {
    return error_no_memory(err, "printing");
  }
  (void)posix_spawn_file_actions_addopen(&silent, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  (void)posix_spawn_file_actions_addopen(&silent, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  (void)posix_spawn_file_actions_addopen(&silent, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failure = posix_spawn(&child, browser, &silent, NULL, (char *const *)arguments, environ);
  (void)posix_spawn_file_actions_destroy(&silent);
  if (failure != 0) {
    return error_set(err, STATUS_IO, "%s: cannot be started: %s", browser, strerror(failure));
  }
  int ended = 0;
  while (waitpid(child, &ended, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(ended) || WEXITSTATUS(ended) != 0 || access(job->pdf, R_OK) != 0) {
    return error_set(
        err, STATUS_IO, "%s: did not print the report (%s %d); write --format html and print that", browser,
        WIFEXITED(ended) ? "exit code" : "signal", WIFEXITED(ended) ? WEXITSTATUS(ended) : WTERMSIG(ended));
  }
  return STATUS_OK;
}

static status read_pdf(const print_job *job, buf *out, error *err) {
  const int fd = open(job->pdf, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return error_set(err, STATUS_IO, "%s: %s", job->pdf, strerror(errno));
  }
  const status st = file_read_whole(fd, job->pdf, "a PDF", PDF_BYTES_MAX, out, err);
  (void)close(fd);
  return st;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at) {
  (void)s;
  (void)kind;
  (void)at;
  (void)remove(path);
  return 0;
}

static status print_page(const char *browser, const buf *page, buf *out, error *err) {
  print_job job;
  TRY(make_folder(&job, err));
  status st = write_page(&job, page, err);
  st = st == STATUS_OK ? run_browser(browser, &job, err) : st;
  st = st == STATUS_OK ? read_pdf(&job, out, err) : st;
  (void)nftw(job.folder, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS);
  return st;
}

status format_pdf_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  char browser[PATH_BYTES];
  buf page;
  buf_init(&page);
  status st = format_html_write(bytes, options, part, &page, err);
  st = st == STATUS_OK ? find_browser(browser, err) : st;
  st = st == STATUS_OK ? print_page(browser, &page, out, err) : st;
  buf_fini(&page);
  return st;
}
