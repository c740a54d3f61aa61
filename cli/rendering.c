/* Choosing format, language, width and colour. */
#include "cli/rendering.h"

#include "cli/environment.h"
#include "cli/output.h"

const char *const rendering_formats[] = {"text", "json", "csv", NULL};
const char *const rendering_languages[] = {"en", "zh-Hans", "zh-Hant", NULL};
const char *const rendering_colors[] = {"auto", "always", "never", NULL};

status rendering_write(const settings *s, const buf *document, error *err) {
  const bool is_standard = output_is_standard(s->output);
  const report_options wanted = {
      .format = (report_format)s->format,
      .language = s->language < 0 ? environment_language() : (report_language)s->language,
      .columns = environment_columns(is_standard),
      .color = environment_color((color_choice)s->color, is_standard),
  };
  buf rendered;
  buf_init(&rendered);
  status result = report_render(document->data, document->length, &wanted, &rendered, err);
  if (result == STATUS_OK) {
    result = output_write(s->output, &rendered, err);
  }
  buf_fini(&rendered);
  return result;
}
