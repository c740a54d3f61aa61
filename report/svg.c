/* The style sheet, the elements, and the estimate of text widths. */
#include "report/svg.h"

#include <math.h>
#include <string.h>

#include "stats/plan/plan.h"

/* Blue, vermilion and grey can be distinguished with any kind of colour blindness.  s0 to s10 are the steps
 * of a scale from its low to its high end: strongest at the ends, grey in the middle.  On a dark background
 * the ends are bright and the steps between them dark, so that labels on all of them are legible. */
static const char style_begin[] = "<style>\n.cv text{font-family:";
static const char style_rest[] =
    ";font-size:13px;fill:#16191d;font-variant-numeric:lining-nums tabular-nums}\n"
    ".cv .bg{fill:#fff}.cv .hd{font-size:16px;font-weight:600}.cv .sm{font-size:12px}"
    ".cv .k2{fill:#545b64}.cv .b{font-weight:600}.cv .m{text-anchor:middle}.cv .e{text-anchor:end}\n"
    ".cv .grid{fill:none;stroke:#e4e6e9}.cv .zero{stroke:#545b64}\n"
    ".cv .bar{fill:#5b93c7}.cv .part{fill:#8db6dc}\n"
    ".cv .whole{fill:#16191d}.cv .link{fill:none;stroke:#d6d9dd;stroke-width:3}"
    ".cv .g0,.cv .g1,.cv .g2,.cv .g3{stroke:#fff;stroke-width:1.2}\n"
    ".cv .g0{fill:#1b5e9e}.cv .g1{fill:#b8441a}.cv .g2{fill:#5f6670}.cv .g3{fill:#16191d}\n"
    ".cv .w0,.cv .w1,.cv .w2,.cv .w3{fill:none;stroke:#1b5e9e;stroke-width:1.5}.cv .w1{stroke:#b8441a}"
    ".cv .w2{stroke:#5f6670}.cv .w3{stroke:#16191d}\n"
    ".cv .tree{fill:none;stroke:#c9cdd2}.cv .ref{stroke:#545b64;stroke-dasharray:3 3}\n"
    ".cv .halo{fill:none;stroke:#fff;stroke-width:3.5}.cv .wh{fill:none;stroke:#16191d;stroke-width:1.5}\n"
    ".cv .lead{stroke:#545b64}.cv .hot{fill:#fbeee8}.cv .c1{fill:#b8441a}"
    ".cv text.over{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}\n"
    ".cv .s0{fill:#b8441a}.cv .s1{fill:#c9683f}.cv .s2{fill:#d98a66}.cv .s3{fill:#e8a583}.cv "
    ".s4{fill:#e6c3b1}"
    ".cv .s5{fill:#d6d9dd}.cv .s6{fill:#b4c8dc}.cv .s7{fill:#8db6dc}.cv .s8{fill:#6599ca}.cv "
    ".s9{fill:#3f7cb5}"
    ".cv .s10{fill:#1b5e9e}.cv .miss{fill:#fff;stroke:#8b929b}\n"
    ".cv text.lt{fill:#fff}.cv text.dk{fill:#16191d}\n"
    "@media (prefers-color-scheme:dark){\n"
    ".cv text{fill:#e9ebee}.cv .bg{fill:#15181c}.cv .k2{fill:#a9b0b9}\n"
    ".cv .grid{stroke:#2c3138}.cv .zero{stroke:#a9b0b9}\n"
    ".cv .bar{fill:#3f7cb5}.cv .part{fill:#2f5b85}\n"
    ".cv .whole{fill:#e9ebee}.cv .link{stroke:#3b4149}.cv .g0,.cv .g1,.cv .g2,.cv .g3{stroke:#15181c}\n"
    ".cv .g0{fill:#6cb0ee}.cv .g1{fill:#f08f60}.cv .g2{fill:#a0a7b1}.cv .g3{fill:#e9ebee}\n"
    ".cv .w0{stroke:#6cb0ee}.cv .w1{stroke:#f08f60}.cv .w2{stroke:#a0a7b1}.cv .w3{stroke:#e9ebee}\n"
    ".cv .tree{stroke:#474e57}.cv .ref{stroke:#a9b0b9}\n"
    ".cv .halo{stroke:#15181c}.cv .wh{stroke:#e9ebee}\n"
    ".cv .lead{stroke:#a9b0b9}.cv .hot{fill:#2e2019}.cv .c1{fill:#f08f60}.cv text.over{stroke:#15181c}\n"
    ".cv .s0{fill:#f08f60}.cv .s1{fill:#cc7650}.cv .s2{fill:#985437}.cv .s3{fill:#84492e}.cv "
    ".s4{fill:#5f4338}"
    ".cv .s5{fill:#3b4149}.cv .s6{fill:#344b63}.cv .s7{fill:#2f5b85}.cv .s8{fill:#3d6d9b}.cv "
    ".s9{fill:#5893cb}"
    ".cv .s10{fill:#6cb0ee}.cv .miss{fill:#15181c}\n"
    ".cv text.lt,.cv text.dk{fill:#15181c}\n"
    "}\n"
    "</style>\n";

static const char *const families[] = {
    [REPORT_EN] = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif",
    [REPORT_ZH_HANS] =
        "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',system-ui,sans-serif",
    [REPORT_ZH_HANT] =
        "'PingFang TC','Microsoft JhengHei','Noto Sans CJK TC','Noto Sans TC',system-ui,sans-serif",
};

enum { THIN = 2 }; /* px: an interval that is hardly wider than its line */

/* ---- Elements ------------------------------------------------------------------------------------ */

void svg_number(buf *out, double v) {
  const long long tenths = isfinite(v) && fabs(v) < 1e9 ? llround(v * 10) : 0;
  const long long size = tenths < 0 ? -tenths : tenths;
  buf_printf(out, "%s%lld", tenths < 0 ? "-" : "", size / 10);
  if (size % 10 != 0) {
    buf_printf(out, ".%lld", size % 10);
  }
}

/* The length of the first character of TEXT in bytes; 0: XML does not allow it. */
static size_t character_bytes(slice text) {
  const unsigned char first = (unsigned char)text.bytes[0];
  if (first < 0x80) {
    return first >= 0x20 || first == '\t' || first == '\n' ? 1 : 0;
  }
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (length > text.length || text_utf8_check(text.bytes, length) != length) {
    return 0;
  }
  const bool is_noncharacter = length == 3 && first == 0xEF && (unsigned char)text.bytes[1] == 0xBF &&
                               (unsigned char)text.bytes[2] >= 0xBE; /* U+FFFE and U+FFFF */
  return is_noncharacter ? 0 : length;
}

void svg_escape(buf *out, slice text) {
  static const struct {
    char character;
    const char *entity;
  } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
  while (text.length > 0) {
    const char *by = NULL;
    size_t bytes = character_bytes(text);
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
      by = text.bytes[0] == entities[i].character ? entities[i].entity : by;
    }
    by = bytes == 0 ? " " : by;
    bytes = bytes == 0 ? 1 : bytes;
    buf_put(out, by == NULL ? text.bytes : by, by == NULL ? bytes : strlen(by));
    text = (slice){text.bytes + bytes, text.length - bytes};
  }
}

static void put_attribute(buf *out, const char *name, double v) {
  buf_printf(out, " %s=\"", name);
  svg_number(out, v);
  buf_printf(out, "\"");
}

static void put_element(buf *out, const char *name, slice text) {
  buf_printf(out, "<%s>", name);
  svg_escape(out, text);
  buf_printf(out, "</%s>", name);
}

void svg_begin(buf *out, double width, double height, report_language language, slice title,
               slice description) {
  buf_printf(
      out,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cv\" xml:lang=\"%s\" role=\"img\" viewBox=\"0 0 ",
      plan_languages[language]);
  svg_number(out, width);
  buf_printf(out, " ");
  svg_number(out, height);
  buf_printf(out, "\"");
  put_attribute(out, "width", width);
  put_attribute(out, "height", height);
  buf_printf(out, ">\n");
  put_element(out, "title", title);
  buf_printf(out, "\n");
  put_element(out, "desc", description);
  buf_printf(out, "\n");
  buf_printf(out, "%s%s%s", style_begin, families[language], style_rest);
  svg_rect(out, "bg", 0, 0, width, height);
}

void svg_begin_inline(buf *out, double width, double height, slice title) {
  buf_printf(out, "<svg class=\"cv\" role=\"img\" aria-label=\"");
  svg_escape(out, title);
  buf_printf(out, "\" viewBox=\"0 0 ");
  svg_number(out, width);
  buf_printf(out, " ");
  svg_number(out, height);
  buf_printf(out, "\"");
  put_attribute(out, "width", width);
  put_attribute(out, "height", height);
  buf_printf(out, ">\n");
}

void svg_end(buf *out) {
  buf_printf(out, "</svg>\n");
}

void svg_rect(buf *out, const char *class_name, double x, double y, double width, double height) {
  buf_printf(out, "<rect class=\"%s\"", class_name);
  put_attribute(out, "x", x);
  put_attribute(out, "y", y);
  put_attribute(out, "width", width);
  put_attribute(out, "height", height);
  buf_printf(out, "/>\n");
}

void svg_line(buf *out, const char *class_name, double x1, double y1, double x2, double y2) {
  const double at[] = {x1, y1, x2, y2};
  const bool is_flat = y1 >= y2 && y1 <= y2;
  const bool is_upright = x1 >= x2 && x1 <= x2;
  const double straight[] = {x1, y1, is_flat ? x2 : y2};
  svg_path(out, class_name,
           is_flat      ? "M H"
           : is_upright ? "M V"
                        : "M L ",
           is_flat || is_upright ? straight : at);
}

void svg_points(buf *out, const char *commands, const double *at) {
  for (; *commands != '\0'; commands++) {
    buf_put(out, commands, 1);
    if (*commands != 'Z') {
      svg_number(out, *at++);
    }
  }
}

void svg_path(buf *out, const char *class_name, const char *commands, const double *at) {
  buf_printf(out, "<path class=\"%s\" d=\"", class_name);
  svg_points(out, commands, at);
  buf_printf(out, "\"/>\n");
}

void svg_circle(buf *out, const char *class_name, double x, double y, double radius) {
  buf_printf(out, "<circle class=\"%s\"", class_name);
  put_attribute(out, "cx", x);
  put_attribute(out, "cy", y);
  put_attribute(out, "r", radius);
  buf_printf(out, "/>\n");
}

void svg_interval(buf *out, const char *class_name, double x1, double x2, double y, double half) {
  const double width = x2 - x1;
  const double at[] = {x1, y - half, 2 * half, width, -2 * half, 2 * half, 0, -half, -width};
  svg_path(out, class_name, "M vm vm h", at);
}

void svg_whisker(buf *out, double x1, double x2, double y, double half) {
  if (fabs(x2 - x1) >= THIN) {
    svg_interval(out, "halo", x1, x2, y, half);
    svg_interval(out, "wh", x1, x2, y, half);
  }
}

void svg_text(buf *out, const char *class_name, double x, double y, svg_anchor anchor, slice text,
              slice whole) {
  static const char *const anchors[] = {[SVG_START] = "", [SVG_MIDDLE] = "m", [SVG_END] = "e"};
  if (text.length == 0) {
    return;
  }
  const char *between = class_name[0] != '\0' && anchors[anchor][0] != '\0' ? " " : "";
  buf_printf(out, "<text");
  if (class_name[0] != '\0' || anchors[anchor][0] != '\0') {
    buf_printf(out, " class=\"%s%s%s\"", class_name, between, anchors[anchor]);
  }
  put_attribute(out, "x", x);
  put_attribute(out, "y", y);
  buf_printf(out, ">");
  if (whole.length > 0) {
    put_element(out, "title", whole);
  }
  svg_escape(out, text);
  buf_printf(out, "</text>\n");
}

/* ---- Widths -------------------------------------------------------------------------------------- */

/* Widths in em by classes of characters, measured in Noto Sans; texts come out up to 8 per cent too narrow.
 */
static double character_width(slice character) {
  static const struct {
    const char *characters;
    double em;
  } classes[] = {{"iljI.,:;|' ", 0.27},
                 {"ftr()[]-", 0.38},
                 {"mwMW%", 0.9},
                 {"0123456789", 0.58},
                 {"ABCDEFGHJKLNOPQRSTUVXYZ", 0.67}};
  if (character.length > 1) {
    return text_width(character) == 0                                               ? 0
           : text_width(character) > 1 || (unsigned char)character.bytes[0] >= 0xE3 ? 1.0
                                                                                    : 0.6;
  }
  for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
    if (character.bytes[0] != '\0' && strchr(classes[i].characters, character.bytes[0]) != NULL) {
      return classes[i].em;
    }
  }
  return 0.57;
}

static slice first_character(slice text) {
  const size_t bytes = character_bytes(text);
  return (slice){text.bytes, bytes == 0 ? 1 : bytes};
}

static double em_to_px(double size, bool is_bold) {
  return size * (is_bold ? 1.04 * 1.06 : 1.04);
}

double svg_text_width(slice text, double size, bool is_bold) {
  double em = 0;
  while (text.length > 0) {
    const slice c = first_character(text);
    em += character_width(c);
    text = (slice){text.bytes + c.length, text.length - c.length};
  }
  return em * em_to_px(size, is_bold);
}

static slice trimmed(slice text) {
  while (text.length > 0 && text.bytes[0] == ' ') {
    text = (slice){text.bytes + 1, text.length - 1};
  }
  while (text.length > 0 && text.bytes[text.length - 1] == ' ') {
    text.length--;
  }
  return text;
}

static bool is_wide(slice character) {
  return character.length > 1 && character_width(character) >= 1.0;
}

/* Marks that do not begin a line of Chinese. */
static bool is_closing(slice character) {
  static const char marks[] = "、。，；：！？）」』》〉】”’…";
  return character.length > 1 && memmem(marks, sizeof marks - 1, character.bytes, character.length) != NULL;
}

slice svg_fold(slice *rest, double size, bool is_bold, double width) {
  const slice text = trimmed(*rest);
  if (text.length == 0) {
    *rest = text;
    return text;
  }
  double used = 0;
  size_t at = 0;   /* bytes that fit */
  size_t good = 0; /* the last place to break at */
  slice before = {NULL, 0};
  while (at < text.length) {
    const slice c = first_character((slice){text.bytes + at, text.length - at});
    const bool breaks = c.bytes[0] == ' ' || ((is_wide(c) || is_wide(before)) && !is_closing(c));
    good = at > 0 && breaks ? at : good;
    used += character_width(c) * em_to_px(size, is_bold);
    if (used > width && at > 0) {
      break;
    }
    at += c.length;
    before = c;
  }
  const size_t end = at == text.length ? at : good > 0 ? good : at;
  *rest = trimmed((slice){text.bytes + end, text.length - end});
  return trimmed((slice){text.bytes, end});
}
