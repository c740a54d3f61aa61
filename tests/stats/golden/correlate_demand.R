# Reference values for what correlate has on demand: partial correlations as those of residuals of lm (and
# psych::partial.r of a pairwise matrix), alpha by psych::alpha, differences by psych::r.test (which has no
# Steiger's Z of two correlations with an item in common, nor intervals: these are from their formulas here; see
# tests/stats/correlate_demand_test.c for published ones).
# Rscript correlate_demand.R writes correlate_demand.json, in tests/stats/golden.  R 4.2.2, psych 2.2.9.
suppressMessages({library(psych); library(jsonlite)})

entries <- list(); null <- NULL
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character"), na.strings = "")
sexes <- sort(unique(na.omit(d$sex)))
groups <- c(list(list(key = list(group = NULL), rows = rep(TRUE, nrow(d)))),
            lapply(sexes, function(s) list(key = list(group = list(sex = s)), rows = d$sex %in% s)))
key <- function(pair, group) c(list(item = pair[1], other_item = pair[2]), group)
test_of <- function(r, m, k) {
  z <- atanh(r) + c(-1, 1) * qnorm(.975) / sqrt(m - k - 3); t <- r * sqrt((m - 2 - k) / (1 - r^2))
  list(partial = r, t = t, df = m - 2 - k, p = 2 * pt(-abs(t), m - 2 - k), ci_low = tanh(z[1]), ci_high = tanh(z[2]))
}

# ---- Partial correlations ----------------------------------------------------------------------------
items <- c("q1", "q3", "recommend"); controls <- c("q4", "age")
pairs <- combn(items, 2, simplify = FALSE)
partial <- function(name, rows, group, w, size, adjust) {
  x <- rows[complete.cases(rows[, c(items, controls)]), ]; weight <- w(x); x <- x[weight > 0, ]; weight <- weight[weight > 0]
  residuals_of <- function(i) { x$.w <- weight; residuals(lm(reformulate(controls, i), x, weights = .w)) }
  m <- size(weight)
  figures <- lapply(pairs, function(p) {
    r <- cov.wt(cbind(residuals_of(p[1]), residuals_of(p[2])), weight / sum(weight), cor = TRUE)$cor[1, 2]
    c(list(n = nrow(x), r = cov.wt(x[, p], weight / sum(weight), cor = TRUE)$cor[1, 2]), test_of(r, m, 2))
  })
  adjusted <- p.adjust(sapply(figures, `[[`, "p"), adjust)
  for (i in seq_along(pairs)) do.call(add, c(list(name, "partial_pairs", key(pairs[[i]], group)), figures[[i]], list(p_adjusted = adjusted[i])))
}
for (g in groups) {
  partial("plain", d[g$rows, ], g$key, function(x) rep(1, nrow(x)), sum, "BH")
  partial("weighted", d[g$rows, ], g$key, function(x) x$w, function(w) sum(w)^2 / sum(w^2), "holm")
  partial("repeated", d[g$rows, ], g$key, function(x) x$f, sum, "holm")
  x <- d[g$rows, c(items, controls)]
  m <- partial.r(cor(x, use = "pairwise"), items, controls)   # SPSS: the smallest n of the correlations
  for (p in pairs) {
    n <- min(apply(combn(c(p, controls), 2), 2, function(q) sum(complete.cases(x[, q]))))
    do.call(add, c(list("pairwise", "partial_pairs", key(p, g$key), n = n, r = cor(x[, p], use = "pairwise")[1, 2]), test_of(m[p[1], p[2]], n, 2)))
  }
}

# ---- Disattenuated -----------------------------------------------------------------------------------
scales <- list(product = c("q1", "q2"), service = c("q3", "q4"))
for (g in groups) {
  x <- d[g$rows, ]
  means <- data.frame(product = rowMeans(x[, scales$product], na.rm = TRUE), service = rowMeans(x[, scales$service], na.rm = TRUE), recommend = x$recommend)
  alphas <- c(sapply(scales, function(s) suppressWarnings(psych::alpha(x[, s]))$total$raw_alpha), recommend = .64)
  for (p in combn(names(means), 2, simplify = FALSE)) {
    t <- cor.test(means[[p[1]]], means[[p[2]]]); by <- sqrt(alphas[[p[1]]] * alphas[[p[2]]])
    add("corrected", "corrected_pairs", key(p, g$key), n = t$parameter[[1]] + 2, r = t$estimate[[1]], reliability = alphas[[p[1]]],
        other_reliability = alphas[[p[2]]], corrected = t$estimate[[1]] / by, ci_low = t$conf.int[1] / by, ci_high = t$conf.int[2] / by)
  }
}

# ---- Differences between groups ----------------------------------------------------------------------
spans <- function(r, m) tanh(atanh(r) + c(-1, 1) * qnorm(.975) / sqrt(m - 3))
zou <- function(r1, m1, r2, m2, c) {
  a <- spans(r1, m1); b <- spans(r2, m2)
  list(ci_low = r1 - r2 - sqrt((r1 - a[1])^2 + (b[2] - r2)^2 - 2 * c * (r1 - a[1]) * (b[2] - r2)),
       ci_high = r1 - r2 + sqrt((a[2] - r1)^2 + (r2 - b[1])^2 - 2 * c * (a[2] - r1) * (r2 - b[1])))
}
regions <- c("east", "north", "south", "west")
r_of <- function(rows, pair) { x <- rows[complete.cases(rows[, pair]), ]; list(n = nrow(x), m = nrow(x), r = cor(x[, pair])[1, 2]) }
r_weighted <- function(rows, pair) { x <- rows[complete.cases(rows[, pair]), ]; w <- x$w; list(n = nrow(x), m = sum(w)^2 / sum(w^2), r = cov.wt(x[, pair], w / sum(w), cor = TRUE)$cor[1, 2]) }
independent <- function(name, table, pair, cases, adjust) {
  figures <- lapply(cases, function(k) {
    z <- r.test(n = k$a$m, r12 = k$a$r, r34 = k$b$r, n2 = k$b$m)   # its z is the absolute one
    c(list(n = k$a$n, other_n = k$b$n, r = k$a$r, other_r = k$b$r, difference = k$a$r - k$b$r, z = sign(k$a$r - k$b$r) * z$z, p = z$p), zou(k$a$r, k$a$m, k$b$r, k$b$m, 0))
  })
  adjusted <- p.adjust(sapply(figures, `[[`, "p"), adjust)
  for (i in seq_along(cases)) do.call(add, c(list(name, table, c(list(item = pair[1], other_item = pair[2]), cases[[i]]$key)), figures[[i]], list(p_adjusted = adjusted[i])))
}
for (pair in list(c("q1", "recommend"), c("q3", "recommend"))) for (how in c("plain", "weighted")) {
  r <- if (how == "plain") r_of else r_weighted
  two <- lapply(combn(regions, 2, simplify = FALSE), function(g) list(key = list(group = list(region = g[1]), other_group = list(region = g[2])), a = r(d[d$region %in% g[1], ], pair), b = r(d[d$region %in% g[2], ], pair)))
  independent(paste0("groups_", how), "group_differences", pair, two, "holm")
  rest <- lapply(regions, function(g) list(key = list(group = list(region = g)), a = r(d[d$region %in% g, ], pair), b = r(d[d$region %in% setdiff(regions, g), ], pair)))
  independent(paste0("rest_", how), "rest_differences", pair, rest, "BH")
}

# ---- Differences in one sample -----------------------------------------------------------------------
plain_sharing <- function(r12, r13, r23) ((r23 - r12 * r13 / 2) * (1 - r12^2 - r13^2 - r23^2) + r23^3) / ((1 - r12^2) * (1 - r13^2))
plain_apart <- function(r12, r34, r13, r14, r23, r24)
  (r12 * r34 / 2 * (r13^2 + r14^2 + r23^2 + r24^2) + r13 * r24 + r14 * r23 - (r12 * r13 * r14 + r12 * r23 * r24 + r13 * r23 * r34 + r14 * r24 * r34)) / ((1 - r12^2) * (1 - r34^2))
steiger <- function(r12, r13, r23, n) {
  r <- (r12 + r13) / 2; c <- (r23 * (1 - 2 * r^2) - r^2 / 2 * (1 - 2 * r^2 - r23^2)) / (1 - r^2)^2
  (atanh(r12) - atanh(r13)) * sqrt(n - 3) / sqrt(2 - 2 * c)
}
four <- c("q1", "q2", "q3", "recommend")
sample_of <- function(name, rows, group, w) {
  x <- rows[complete.cases(rows[, four]), ]; weight <- w(x); m <- if (name == "sample") nrow(x) else sum(weight)^2 / sum(weight^2)
  R <- cov.wt(x[, four], weight / sum(weight), cor = TRUE)$cor; figures <- list()
  of <- list(c("q1", "q2", "q1", "q3"), c("q2", "q1", "q2", "q3"), c("recommend", "q1", "recommend", "q2"), c("recommend", "q2", "recommend", "q3"))
  for (p in of) {
    r12 <- R[p[1], p[2]]; r13 <- R[p[3], p[4]]; r23 <- R[p[2], p[4]]; t <- r.test(m, r12 = r12, r13 = r13, r23 = r23); z <- steiger(r12, r13, r23, m)
    do.call(add, c(list(name, "pair_differences", c(list(item = p[1], other_item = p[2], second_item = p[3], second_other_item = p[4]), group), n = nrow(x), r = r12, other_r = r13,
        difference = r12 - r13, z = z, p = 2 * pnorm(-abs(z)), t = t$t, df = m - 3, p_williams = t$p), zou(r12, m, r13, m, plain_sharing(r12, r13, r23))))
  }
  for (p in list(c("q1", "q2", "q3", "recommend"), c("q1", "q3", "q2", "recommend"))) {
    f <- list(r12 = R[p[1], p[2]], r34 = R[p[3], p[4]], r13 = R[p[1], p[3]], r14 = R[p[1], p[4]], r23 = R[p[2], p[3]], r24 = R[p[2], p[4]])
    t <- do.call(r.test, c(list(n = m), f))
    do.call(add, c(list(name, "pair_differences", c(list(item = p[1], other_item = p[2], second_item = p[3], second_other_item = p[4]), group), n = nrow(x),
        difference = f$r12 - f$r34, z = t$z, p = t$p, t = NA), zou(f$r12, m, f$r34, m, do.call(plain_apart, f))))
  }
}
for (g in groups) { sample_of("sample", d[g$rows, ], g$key, function(x) rep(1, nrow(x))); sample_of("sample_weighted", d[g$rows, ], g$key, function(x) x$w) }
write_json(entries, "correlate_demand.json", digits = NA, auto_unbox = TRUE, null = "null", na = "null", pretty = FALSE)
