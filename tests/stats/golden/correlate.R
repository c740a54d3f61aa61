# Reference values for correlate: base R, psych and survey.
# Rscript correlate.R writes correlate.json; tests/stats/correlate_golden_test.c reads it.
suppressMessages({library(survey); library(psych); library(jsonlite)})

entries <- list()
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
null <- NA                      # written as null
total <- list(group = null)
of <- function(key, value) list(group = setNames(list(value), key))
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character"), na.strings = "")
groups <- c(list(list(key = total, rows = rep(TRUE, nrow(d)))),
            lapply(c("east", "north", "south", "west"), function(r) list(key = of("region", r), rows = d$region %in% r)),
            list(list(key = of("region", null), rows = is.na(d$region))))
pairs_of <- function(items) { p <- combn(length(items), 2); lapply(1:ncol(p), function(k) items[p[, k]]) }
key <- function(pair, group) c(list(item = pair[1], other_item = pair[2]), group)

# ---- Pearson, pairwise-complete; Holm by p.adjust ----------------------------------------------------
pearson <- function(name, pairs, table = "pearson_pairs") {
  for (g in groups) {
    tests <- lapply(pairs, function(p) cor.test(d[g$rows, p[1]], d[g$rows, p[2]]))
    holm <- p.adjust(sapply(tests, `[[`, "p.value"), "holm")
    for (k in seq_along(pairs)) {
      t <- tests[[k]]
      add(name, table, key(pairs[[k]], g$key), n = t$parameter[[1]] + 2, r = t$estimate[[1]], t = t$statistic[[1]],
          df = t$parameter[[1]], p = t$p.value, p_adjusted = holm[k], ci_low = t$conf.int[1], ci_high = t$conf.int[2])
    }
  }
}
items <- c("q1", "q2", "q3", "q4", "recommend", "age", "spend")
pearson("plain", pairs_of(items))
pearson("lists", lapply(c("q1", "q3", "spend"), function(i) c(i, "recommend")))
m <- corr.test(d[, items], adjust = "holm")     # psych: Holm above the diagonal
for (p in combn(length(items), 2, simplify = FALSE))
  add("plain", "pearson_matrix", list(item = items[p[1]], other_item = items[p[2]]),
      r = m$r[p[1], p[2]], n = m$n[p[1], p[2]], p = m$p[p[2], p[1]], p_adjusted = m$p[p[1], p[2]])

# ---- Spearman: mid-ranks among each pair's own cases, p from t ---------------------------------------
spearman_test <- function(x, y) suppressWarnings(cor.test(x, y, method = "spearman", exact = FALSE))
for (g in groups) {
  pairs <- pairs_of(items)
  tests <- lapply(pairs, function(p) spearman_test(d[g$rows, p[1]], d[g$rows, p[2]]))
  holm <- p.adjust(sapply(tests, `[[`, "p.value"), "holm")
  for (k in seq_along(pairs)) {
    n <- sum(complete.cases(d[g$rows, pairs[[k]]])); rho <- tests[[k]]$estimate[[1]]
    add("ranks", "spearman_pairs", key(pairs[[k]], g$key), n = n, rho = rho, t = rho * sqrt((n - 2) / (1 - rho^2)),
        df = n - 2, p = tests[[k]]$p.value, p_adjusted = holm[k])
  }
}

# ---- Sampling weights: covariances of survey's svyvar, Kish's effective size --------------------------
few <- c("q1", "q3", "recommend", "spend")
weighted_test <- function(r, m) {
  z <- atanh(r) + c(-1, 1) * qnorm(.975) / sqrt(m - 3)
  t <- r * sqrt((m - 2) / (1 - r^2))
  list(t = t, df = m - 2, p = 2 * pt(-abs(t), m - 2), ci_low = tanh(z[1]), ci_high = tanh(z[2]))
}
weighted_ranks <- function(x, w) sapply(x, function(v) sum(w[x < v]) + sum(w[x == v]) / 2)
for (g in groups) for (p in pairs_of(few)) {
  s <- d[g$rows, c(p, "w")]; s <- s[complete.cases(s), ]
  v <- as.matrix(svyvar(as.formula(paste("~", p[1], "+", p[2])), svydesign(ids = ~1, weights = ~w, data = s)))[1:2, 1:2]
  r <- v[1, 2] / sqrt(v[1, 1] * v[2, 2]); m <- sum(s$w)^2 / sum(s$w^2)
  do.call(add, c(list("weighted", "pearson_pairs", key(p, g$key), n = nrow(s), weighted_n = sum(s$w), n_effective = m, r = r),
                 weighted_test(r, m)))
  rank_rows <- cbind(weighted_ranks(s[[1]], s$w), weighted_ranks(s[[2]], s$w))
  rho <- cov.wt(rank_rows, s$w, cor = TRUE)$cor[1, 2]
  do.call(add, c(list("weighted", "spearman_pairs", key(p, g$key), n = nrow(s), n_effective = m, rho = rho),
                 weighted_test(rho, m)[c("t", "df", "p")]))
}

# ---- Frequency weights: the rows repeated -------------------------------------------------------------
for (g in groups) for (p in pairs_of(few)) {
  s <- d[g$rows, c(p, "f")]; s <- s[complete.cases(s) & s$f > 0, ]   # a weight of 0 stands for nobody
  e <- s[rep(seq_len(nrow(s)), s$f), ]
  t <- cor.test(e[[1]], e[[2]])
  add("repeated", "pearson_pairs", key(p, g$key), n = nrow(s), weighted_n = nrow(e), n_effective = nrow(e), r = t$estimate[[1]],
      t = t$statistic[[1]], df = t$parameter[[1]], p = t$p.value, ci_low = t$conf.int[1], ci_high = t$conf.int[2])
  t <- spearman_test(e[[1]], e[[2]])
  add("repeated", "spearman_pairs", key(p, g$key), rho = t$estimate[[1]], p = t$p.value)
}

write(toJSON(entries, auto_unbox = TRUE, digits = NA, na = "null", pretty = FALSE), "correlate.json")
