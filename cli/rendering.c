/* Choosing format, language, width and colour. */
#include "cli/rendering.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/environment.h"
#include "cli/output.h"

const char *const rendering_colors[] = {"auto", "always", "never", NULL};

status rendering_check(const settings *s, const plan *p, error *err) {
  const char **names = calloc((size_t)p->analyses_count + 1, sizeof *names);
  if (names == NULL) {
    return error_no_memory(err, "the names of analyses");
  }
  for (uint32_t i = 0; i < p->analyses_count; i++) {
    names[i] = p->analyses[i].name;
  }
  const status st = report_format_check_names(s->format, names, p->analyses_count, err);
  free(names);
  return st == STATUS_OK ? st : error_context(err, st, "option '--format'");
}

/* A file name with the extension of another format suggests a forgotten --format. */
static void tell_of_unlike_name(const settings *s) {
  buf other;
  buf_init(&other);
  if (s->format == NULL && s->output != NULL && !s->quiet && report_format_unlike(s->output, &other)) {
    output_complain(language_say("%s holds the report as text; add --format %.*s for what its name suggests",
                                 "%s 中的报告是纯文本；若要其名称所示的格式，请加 --format %.*s",
                                 "%s 中的報告是純文字；若要其名稱所示的格式，請加 --format %.*s"),
                    s->output, (int)other.length, (const char *)other.data);
  }
  buf_fini(&other);
}

/* Bytes that are no text make a terminal unusable. */
static status refuse_on_terminal(const settings *s, const buf *rendered, error *err) {
  const bool is_text = rendered->length == 0 || memchr(rendered->data, 0, rendered->length) == NULL;
  if (is_text || !output_is_standard(s->output) || isatty(STDOUT_FILENO) != 1) {
    return STATUS_OK;
  }
  return error_set(err, STATUS_USAGE, "'--format %s' writes bytes that a terminal cannot show; add -o FILE",
                   s->format);
}

static report_options wanted_of(const settings *s) {
  const bool is_standard = output_is_standard(s->output);
  return (report_options){
      .format = s->format,
      .language = s->language < 0 ? environment_language() : (report_language)s->language,
      .columns = environment_columns(is_standard),
      .color = environment_color((color_choice)s->color, is_standard),
      .only = s->only,
      .summary = s->summary,
      .bom = s->bom,
      .width = s->width,
  };
}

status rendering_check_choices(const settings *s, error *err) {
  const report_options wanted = wanted_of(s);
  return report_options_check(&wanted, err);
}

status rendering_write(const settings *s, const buf *document, error *err) {
  const report_options wanted = wanted_of(s);
  buf rendered;
  buf_init(&rendered);
  status st = report_render(document->data, document->length, &wanted, &rendered, err);
  if (st == STATUS_OK) {
    st = refuse_on_terminal(s, &rendered, err);
  }
  if (st == STATUS_OK) {
    st = output_write(s->output, &rendered, err);
  }
  if (st == STATUS_OK) {
    tell_of_unlike_name(s);
  }
  buf_fini(&rendered);
  return st;
}
