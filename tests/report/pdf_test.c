/* PDF: the page is printed by the browser that is there, in a folder that is gone afterwards.  A script
 * stands for the browser: it writes what it was asked, and the page as the PDF. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/report.h"
#include "tests/check.h"
#include "tests/report/chart_document.h"

static const char browser_script[] =
    "#!/bin/sh\n"
    "printf '%s\\n' \"$@\" > \"$(dirname \"$0\")/asked\"\n"
    "for a in \"$@\"; do case $a in --print-to-pdf=*) to=${a#*=} ;; file://*) from=${a#file://} ;; esac; "
    "done\n"
    "cp \"$from\" \"$to\"\n";

typedef struct scene {
  char folder[64], tmp[96], browser[96];
} scene;

static void write_script(const scene *s, const char *text) {
  FILE *f = fopen(s->browser, "w");
  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
  assert_int_equal(fclose(f), 0);
  assert_int_equal(chmod(s->browser, 0700), 0);
}

static void setup(scene *s, const char *script) {
  (void)snprintf(s->folder, sizeof s->folder, "/tmp/canvass-pdf-XXXXXX");
  assert_non_null(mkdtemp(s->folder));
  (void)snprintf(s->tmp, sizeof s->tmp, "%s/tmp", s->folder);
  assert_int_equal(mkdir(s->tmp, 0700), 0);
  (void)snprintf(s->browser, sizeof s->browser, "%s/browser", s->folder);
  write_script(s, script);
  assert_int_equal(setenv("TMPDIR", s->tmp, 1), 0);
  assert_int_equal(setenv("CANVASS_BROWSER", s->browser, 1), 0);
}

static size_t entries(const char *folder) {
  DIR *d = opendir(folder);
  assert_non_null(d);
  size_t count = 0;
  for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
    count += e->d_name[0] != '.' ? 1 : 0;
  }
  assert_int_equal(closedir(d), 0);
  return count;
}

/* Nothing of the page or the profile stays. */
static void teardown(const scene *s) {
  char asked[96];
  assert_int_equal(entries(s->tmp), 0);
  (void)snprintf(asked, sizeof asked, "%s/asked", s->folder);
  (void)unlink(asked);
  assert_int_equal(unlink(s->browser), 0);
  assert_int_equal(rmdir(s->tmp), 0);
  assert_int_equal(rmdir(s->folder), 0);
}

static status render(const char *format, buf *out, error *err) {
  buf document;
  chart_document(&document, "nps", "[]", "");
  buf_init(out);
  const report_options options = {.format = format, .language = REPORT_EN};
  const status st = report_render(document.data, document.length, &options, out, err);
  buf_fini(&document);
  return st;
}

static void the_page_is_printed_and_nothing_stays(void **state) {
  (void)state;
  scene s;
  buf page, pdf;
  error err;
  char path[96], asked[4096] = "";
  setup(&s, browser_script);
  assert_int_equal(render("html", &page, &err), STATUS_OK);
  assert_int_equal(render("pdf", &pdf, &err), STATUS_OK);
  assert_int_equal(pdf.length, page.length);
  assert_memory_equal(pdf.data, page.data, page.length);
  (void)snprintf(path, sizeof path, "%s/asked", s.folder);
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  assert_true(fread(asked, 1, sizeof asked - 1, f) > 0);
  assert_int_equal(fclose(f), 0);
  assert_contains(asked, "--headless\n");
  assert_contains(asked, "--no-pdf-header-footer\n");
  assert_contains(asked, s.tmp); /* the profile is there */
  buf_fini(&page);
  buf_fini(&pdf);
  teardown(&s);
}

static void a_browser_that_fails_is_named_and_nothing_stays(void **state) {
  (void)state;
  scene s;
  buf pdf;
  error err;
  setup(&s, "#!/bin/sh\nexit 7\n");
  assert_int_equal(render("pdf", &pdf, &err), STATUS_IO);
  assert_contains(err.message, s.browser);
  assert_contains(err.message, "exit code 7");
  assert_contains(err.message, "--format html");
  buf_fini(&pdf);
  teardown(&s);
}

static void without_a_browser_a_sentence_says_what_to_do(void **state) {
  (void)state;
  buf pdf;
  error err;
  assert_int_equal(setenv("CANVASS_BROWSER", "/nonexistent/browser", 1), 0);
  assert_int_equal(render("pdf", &pdf, &err), STATUS_USAGE);
  assert_string_equal(err.message, "CANVASS_BROWSER: '/nonexistent/browser' is not a program");
  buf_fini(&pdf);
  assert_int_equal(unsetenv("CANVASS_BROWSER"), 0);
  assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
  assert_int_equal(render("pdf", &pdf, &err), STATUS_USAGE);
  assert_contains(err.message, "install chromium");
  buf_fini(&pdf);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_page_is_printed_and_nothing_stays),
      cmocka_unit_test(a_browser_that_fails_is_named_and_nothing_stays),
      cmocka_unit_test(without_a_browser_a_sentence_says_what_to_do),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
