/* The page's style and script, which the build makes of html_style.css and html_script.js. */
#ifndef CANVASS_REPORT_HTML_ASSETS_H
#define CANVASS_REPORT_HTML_ASSETS_H

#include <stddef.h>

extern const char html_style[];
extern const size_t html_style_length;
extern const char html_script[];
extern const size_t html_script_length;

#endif
