# Reference values for tables: shares, nets, boxes, NPS, means and their letters, counted anew from the file; unweighted, with
# sampling and with frequency weights.  Rscript tables.R writes ../../analyses/tables.json, in tests/stats/golden.  R 4.2.2.
# z and t are written out as in stats/methods/column_test.h; unweighted t is t.test(var.equal = TRUE), which is checked here.
suppressMessages(library(jsonlite))
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character", channels = "character"), na.strings = "")
null <- NULL; entries <- list()
options_of <- strsplit(d$channels, ";"); options <- c("web", "phone", "shop", "agent")
chose <- function(o) ifelse(is.na(d$channels), NA, vapply(options_of, function(x) any(o %in% x), NA))
regions <- c("north", "south", "east", "west"); sexes <- c("f", "m")

# ---- The columns: who is in them, and in which block; 0: not compared -------------------------------------------------------
column <- function(group, who, block) list(group = group, who = which(who), block = block)
columns <- list(column(null, rep(TRUE, nrow(d)), 0))
for (r in regions) columns[[length(columns) + 1]] <- column(list(region = r), d$region == r, 1)
for (s in sexes) for (r in regions) columns[[length(columns) + 1]] <- column(list(sex = s, region = r), d$sex == s & d$region == r, 1 + match(s, sexes))
for (o in options) columns[[length(columns) + 1]] <- column(list(channels = o), chose(o), 0)

weight <- NULL; kind <- "none"; name <- ""
effective <- function(w) switch(kind, none = length(w), frequency = sum(w), sampling = if (length(w)) sum(w)^2 / sum(w^2) else 0)
add <- function(question, item, line, value, column, ...) {
  if (identical(column$group$channels, "phone") || identical(column$group$channels, "shop")) return() # two of the four are enough
  match <- list(question = question, item = item, line = line, group = column$group)
  if (!is.null(value)) match$value <- value
  entries[[length(entries) + 1]] <<- list(analysis = name, table = "banner", match = match, figures = list(...))
}
share_p <- function(a, b) {
  if (any(c(a$figure, b$figure) %in% c(0, 100)) || a$base == 0 || b$base == 0) return(NA)
  p <- (a$figure * a$base + b$figure * b$base) / (a$base + b$base) / 100
  2 * pnorm(-abs(a$figure - b$figure) / 100 / sqrt(p * (1 - p) * (1 / a$base + 1 / b$base)))
}
mean_p <- function(a, b) {
  if (a$base <= 1 || b$base <= 1) return(NA)
  v <- ((a$base - 1) * a$variance + (b$base - 1) * b$variance) / (a$base + b$base - 2)
  p <- 2 * pt(-abs(a$figure - b$figure) / sqrt(v * (1 / a$base + 1 / b$base)), a$base + b$base - 2)
  if (kind == "none") stopifnot(abs(p - t.test(a$x, b$x, var.equal = TRUE)$p.value) < 1e-12)
  p
}
# Letters run over all columns but the total; a cell of fewer than 30 is not shown and not compared.
write_line <- function(question, item, line, value, cells, test, adjust) {
  n <- vapply(cells, function(c) c$asked, 0)
  shown <- n >= 30
  letters_of <- rep("", length(cells))
  for (block in 1:3) {
    k <- which(vapply(columns, function(c) c$block, 0) == block)
    p <- matrix(NA, length(k), length(k))
    for (a in seq_along(k)) for (b in seq_along(k)) if (a < b && shown[k[a]] && shown[k[b]]) p[a, b] <- test(cells[[k[a]]], cells[[k[b]]])
    p[upper.tri(p)] <- p.adjust(p[upper.tri(p)], adjust)
    p[lower.tri(p)] <- t(p)[lower.tri(p)]
    for (a in seq_along(k)) {
      lower <- which(!is.na(p[a, ]) & p[a, ] < .1 & vapply(cells[k], function(c) c$figure, 0) < cells[[k[a]]]$figure)
      letters_of[k[a]] <- paste(ifelse(p[a, lower] < .05, LETTERS[k[lower] - 1], letters[k[lower] - 1]), collapse = " ")
    }
  }
  for (j in seq_along(cells)) {
    cell <- cells[[j]]
    figures <- list(question = question, item = item, line = line, value = value, column = columns[[j]], n = cell$n,
                    figure = if (shown[j]) cell$figure else null, letters = if (letters_of[j] == "") null else letters_of[j],
                    mark = if (!shown[j]) "suppressed" else if (n[j] < 100) "small" else null)
    if (kind != "none") figures$weighted_n <- cell$w
    do.call(add, figures)
  }
}
# rows: those of the question's base; x: 1, 0 or NA.
write_share <- function(question, item, line, value, x, rows, adjust) {
  write_line(question, item, line, value, lapply(columns, function(c) {
    i <- intersect(c$who, intersect(which(rows), which(!is.na(x)))); w <- weight[i]
    list(n = sum(x[i]), asked = length(i), w = sum(w[x[i] == 1]), figure = 100 * sum(w[x[i] == 1]) / sum(w), base = effective(w))
  }), share_p, adjust)
}
write_mean <- function(question, item, line, x, rows, adjust) {
  cells <- lapply(columns, function(c) {
    i <- intersect(c$who, intersect(which(rows), which(!is.na(x)))); w <- weight[i]; v <- x[i]; m <- sum(w * v) / sum(w); n <- length(i)
    list(n = n, asked = n, w = sum(w), figure = m, base = effective(w), x = v,
         variance = switch(kind, none = var(v), frequency = sum(w * (v - m)^2) / (sum(w) - 1), sampling = n / (n - 1) * sum(w * (v - m)^2) / sum(w)),
         se = switch(kind, none = sd(v) / sqrt(n), frequency = sqrt(sum(w * (v - m)^2) / (sum(w) - 1) / sum(w)),
                     sampling = sqrt(nrow(d) / (nrow(d) - 1) * sum(w^2 * (v - m)^2)) / sum(w)))
  })
  write_line(question, item, line, null, cells, mean_p, adjust)
  for (j in which(line == "mean" & vapply(cells, function(c) c$asked >= 30, NA))) {
    add(question, item, "sd", null, columns[[j]], figure = sqrt(cells[[j]]$variance))
    add(question, item, "se", null, columns[[j]], figure = cells[[j]]$se)
  }
}
write_base <- function(question, item, x, rows) {
  for (c in columns) {
    i <- intersect(c$who, intersect(which(rows), which(!is.na(x)))); w <- weight[i]
    add(question, item, "base", null, c, n = length(i), figure = length(i), letters = null)
    if (kind != "none") add(question, item, "weighted_base", null, c, n = length(i), figure = sum(w))
    if (kind == "sampling") add(question, item, "effective_base", null, c, n = length(i), figure = effective(w))
  }
}
among <- function(x, codes) ifelse(is.na(x), NA, x %in% codes)
everything <- function(.name, .kind, .weight, adjust) {
  name <<- .name; kind <<- .kind; weight <<- .weight
  all <- weight > 0; women <- all & d$sex %in% "f" # rows of weight 0 are not used
  write_base(1, "q1", d$q1, all)
  for (v in 1:5) write_share(1, "q1", "answer", v, among(d$q1, v), all, adjust)
  write_share(1, "q1", "top", 2, among(d$q1, 4:5), all, adjust)
  write_share(1, "q1", "bottom", 1, among(d$q1, 1), all, adjust)
  write_mean(1, "q1", "mean", d$q1, all, adjust)
  if (adjust != "none") return()
  write_base(5, "q4", d$q4, women)
  write_share(5, "q4", "net", "Eight and more", among(d$q4, 8:10), women, adjust)
  write_mean(6, "spend", "mean", d$spend, d$age > 30 & women, adjust)
  if (.kind == "frequency") return()
  write_base(2, "channels", d$channels, all)
  for (o in options) write_share(2, "channels", "answer", o, chose(o), all, adjust)
  write_share(2, "channels", "net", "Remote", chose(c("web", "agent")), all, adjust)
  write_mean(3, "recommend", "nps", ifelse(d$recommend >= 9, 100, ifelse(d$recommend <= 6, -100, 0)), all, adjust)
  for (item in c("q1", "q2")) write_share(4, item, "top", 2, among(d[[item]], 4:5), all, adjust)
  for (item in c("q1", "q2")) write_mean(4, item, "mean", d[[item]], all, adjust)
}
everything("plain", "none", rep(1, nrow(d)), "none")
everything("holm", "none", rep(1, nrow(d)), "holm")
everything("weighted", "sampling", d$w, "none")
everything("repeated", "frequency", d$f, "none")

request <- function(name, ...) list(tables = c(list(name = name, banner = list("region", list("sex", "region"), "channels"),
  bottom = 1, deviations = TRUE, questions = list("q1",
    list(items = "channels", nets = list(Remote = c("web", "agent"))),
    list(items = "recommend", nps = TRUE),
    list(items = c("q1", "q2"), label = "Both"),
    list(items = "q4", base = "sex == 'f'", nets = list(`Eight and more` = c(8, 9, 10))),
    list(items = "spend", base = "age > 30 and sex == 'f'"))), list(...)))
scale <- function(low, high) list(type = "scale", range = c(low, high))
text <- function(values) list(type = "nominal", values = values, closed = TRUE)
golden <- list(
  source = "R, as tests/stats/golden/tables.R counts it",
  data = "tests/stats/golden/weighted_survey.csv",
  specification = list(
    variables = list(region = text(regions), sex = text(sexes), q1 = scale(1, 5), q2 = scale(1, 5), q4 = scale(1, 10), recommend = scale(0, 10),
                     age = list(type = "number"), spend = list(type = "number", decimals = 2),
                     channels = list(type = "multi", column = "channels", delimiter = ";", values = options, closed = TRUE),
                     w = list(type = "weight", kind = "sampling", decimals = 4), f = list(type = "weight", kind = "frequency")),
    analyses = list(request("plain"), request("holm", letters = "holm"), request("weighted", weight = "w"), request("repeated", weight = "f"))),
  figures = entries)
# One figure a line, as the other goldens are written.
lines <- vapply(entries, function(e) paste0("  ", toJSON(e, auto_unbox = TRUE, digits = NA, null = "null")), "")
head <- toJSON(golden[c("source", "data", "specification")], auto_unbox = TRUE, digits = NA, null = "null", pretty = FALSE)
writeLines(c(sub("}$", ",", head), "\"figures\": [", paste(lines, collapse = ",\n"), "]}"), "../../analyses/tables.json")
