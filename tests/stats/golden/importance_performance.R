# Reference values for importance_performance: means, shares and regressions of base R.
# Rscript importance_performance.R writes ../../analyses/importance_performance.json.
library(jsonlite)
entries <- list()
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
total <- list(group = NA)
of <- function(key, value) list(group = setNames(list(value), key))
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character"), na.strings = "")
top <- c(q1 = 5, q2 = 5, q4 = 10); low <- c(q1 = 1, q2 = 1, q3 = 1, q4 = 1, effort = 1, recommend = 0); high <- c(top, q3 = 7, effort = 7, recommend = 10)
differ <- function(items) length(unique(paste(low[items], high[items]))) > 1   # then means are from 0 to 100, and the gain is of a tenth of the scale
on_scale <- function(v, item, rescaled) if (rescaled) 100 * (v - low[[item]]) / (high[[item]] - low[[item]]) else v
quadrant <- function(performance, importance, cut, important)
  ifelse(importance >= important, ifelse(performance >= cut, "B", "A"), ifelse(performance >= cut, "D", "C"))
weights_of <- function(r, ry) {
  e <- eigen(r, symmetric = TRUE); lambda <- e$vectors %*% diag(sqrt(e$values)) %*% t(e$vectors)
  drop(lambda^2 %*% solve(lambda, ry)^2)
}
wilson <- function(p, n) { z <- qnorm(.975); c((p + z^2 / (2 * n) - z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n),
                                               (p + z^2 / (2 * n) + z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n)) }
figures_of <- function(name, rows, key, how, satisfied = NULL, cuts = NULL, w = NULL, items = c("q1", "q2", "q4")) {
  u <- d[rows, ]; once <- u; rescaled <- differ(items); column <- if (rescaled) "performance_100" else "performance"; stated <- c("q3", "effort", "recommend")
  if (!is.null(w)) { u <- u[rep(seq_len(nrow(u)), ifelse(is.na(u[[w]]), 0, u[[w]])), ]; once <- once[!is.na(once[[w]]) & once[[w]] > 0, ] }
  performance <- sapply(items, function(i) mean(on_scale(u[[i]], i, rescaled), na.rm = TRUE))
  affected <- sapply(items, function(i) 100 * mean(u[[i]][!is.na(u[[i]])] < (if (is.null(satisfied)) top[[i]] else satisfied)))
  full <- u[complete.cases(u[c("recommend", items)]), ]
  b <- coef(lm(reformulate(items, "recommend"), full))[-1]
  r <- cor(full[items]); ry <- cor(full[items], full$recommend)[, 1]
  importance <- switch(how, relative_weights = weights_of(r, ry), correlation = ry, beta = solve(r, ry),
                       stated = sapply(stated, function(i) mean(on_scale(u[[i]], i, differ(stated)), na.rm = TRUE)))
  at <- quadrant(performance, importance, mean(performance), mean(importance))
  gain <- b * affected / 100 * if (rescaled) (high[items] - low[items]) / 10 else 1
  if (!is.null(cuts) && is.na(cuts[1])) cuts[1] <- mean(performance)
  for (k in seq_along(items)) {
    n <- sum(!is.na(once[[items[k]]])); weight <- sum(!is.na(u[[items[k]]])); s <- sd(on_scale(u[[items[k]]], items[k], rescaled), na.rm = TRUE) / sqrt(weight) * qt(.975, weight - 1)
    figures <- list(n = n, value = performance[[k]], ci_low = performance[[k]] - s, ci_high = performance[[k]] + s,
                    importance = importance[[k]], affected = affected[[k]], quadrant = at[[k]])
    if (!is.null(cuts)) figures$quadrant_values <- quadrant(performance[[k]], importance[[k]], cuts[1], cuts[2])
    names(figures)[2] <- column
    do.call(add, c(list(name, if (rescaled) "ipa_items_rescaled" else "ipa_items", c(list(item = items[k]), key)), figures))
    if (how == "stated") next
    add(name, "ipa_priorities", c(list(item = items[k]), key), n = nrow(once[complete.cases(once[c("recommend", items)]), ]),
        rank = which(order(-gain) == k), gain = gain[[k]], b = b[[k]], affected = affected[[k]])
    ends <- 100 * wilson(affected[[k]] / 100, weight)
    add(name, "ipa_dissatisfied", c(list(item = items[k]), key), n = n, percent = affected[[k]], ci_low = ends[1], ci_high = ends[2])
  }
  cut <- list(mean(performance), importance = mean(importance)); names(cut)[1] <- column
  do.call(add, c(list(name, "ipa_cuts", key), cut))
}
all <- rep(TRUE, nrow(d))
figures_of("plain", all, total, "relative_weights")
for (s in c("f", "m")) figures_of("plain", d$sex %in% s, of("sex", s), "relative_weights")
figures_of("correlated", all, total, "correlation", 4, c(NA, .3))
figures_of("alike", all, total, "correlation", 4, c(3.5, .3), items = c("q1", "q2"))
figures_of("standardised", all, total, "beta", w = "f")
figures_of("stated", all, total, "stated")
request <- function(name, ..., items = c("q1", "q2", "q4")) list(importance_performance = list(items = items, name = name, ...))
specification <- list(
  variables = list(sex = list(type = "nominal"), q1 = list(type = "scale", range = c(1, 5)), q2 = list(type = "scale", range = c(1, 5)),
    q3 = list(type = "scale", range = c(1, 7)), q4 = list(type = "scale", range = c(1, 10)), recommend = list(type = "scale", range = c(0, 10)),
    effort = list(type = "scale", range = c(1, 7)), f = list(type = "weight", kind = "frequency", decimals = 0)),
  analyses = list(request("plain", outcome = "recommend", by = "sex"),
    request("correlated", outcome = "recommend", derived = "correlation", satisfied = 4, importance_cut = .3),
    request("alike", outcome = "recommend", derived = "correlation", satisfied = 4, performance_cut = 3.5, importance_cut = .3, items = c("q1", "q2")),
    request("standardised", outcome = "recommend", derived = "beta", weight = "f"),
    request("stated", importance = c("q3", "effort", "recommend"))))
text <- function(v) toJSON(v, auto_unbox = TRUE, digits = NA, na = "null", null = "null")
out <- file("../../analyses/importance_performance.json", "w")
cat('{\n "source": "base R, as tests/stats/golden/importance_performance.R computes them",\n "data": "tests/stats/golden/weighted_survey.csv",\n',
    '"specification": ', text(specification), ',\n "figures": [\n  ', file = out, sep = "")
cat(sapply(entries, text), file = out, sep = ",\n  ")
cat("\n ]\n}\n", file = out)
close(out)
