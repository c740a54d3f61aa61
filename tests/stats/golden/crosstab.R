# Reference values for what crosstab has on demand: chisq.test's stdres, Wilson's interval, z tests of shares, fisher.test,
# gamma, tau-b and Somers' d with the errors of Brown & Benedetti (1977; SAS, PROC FREQ) written out, and the weighted
# ones by survey's svytotal of the influences, which are differentiated numerically from the weighted figures.
# Rscript crosstab.R writes crosstab.json, in tests/stats/golden.  R 4.2.2, survey 4.1.
suppressMessages({library(survey); library(jsonlite)})

# Lists by how near figures must come: to the last digits; to what numerical derivatives allow; to the error of drawing.
entries <- list(exact = list(), derived = list(), larger = list()); null <- NULL; kind <- "exact"
add <- function(.analysis, .table, .match, ...) {
  entries[[kind]][[length(entries[[kind]]) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character"), na.strings = "")
# The order of the codebook that the test declares.
regions <- c("west", "south", "north", "east")
wilson <- function(p, n, z = qnorm(.975)) {
  100 * ((p + z^2 / (2 * n)) + c(-1, 1) * z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n)
}
pair <- function(v, r) list(item = "q1", other_item = "region", group = null, value = v, other_value = r)

# ---- Cells and letters ---------------------------------------------------------------------------------------
# w: counts of a row; effective: what a sum of weights is worth.
cells <- function(name, rows, w, effective, adjust) {
  x <- d[rows, ]; w <- w[rows]
  t <- tapply(w, list(factor(x$q1), factor(x$region, regions)), sum, default = 0)
  counts <- table(x$q1, factor(x$region, regions))
  n <- sapply(regions, function(r) effective(w[x$region == r]))
  stdres <- suppressWarnings(chisq.test(t / sum(t) * effective(w)))$stdres
  for (v in rownames(t)) {
    share <- t[v, ] / colSums(t)
    p <- matrix(NA, 4, 4)
    for (a in 1:3) for (b in (a + 1):4) {
      both <- (share[a] * n[a] + share[b] * n[b]) / (n[a] + n[b])
      p[a, b] <- 2 * pnorm(-abs(share[a] - share[b]) / sqrt(both * (1 - both) * (1 / n[a] + 1 / n[b])))
    }
    p[upper.tri(p)] <- p.adjust(p[upper.tri(p)], adjust)
    p[lower.tri(p)] <- t(p)[lower.tri(p)]
    for (r in 1:4) {
      key <- pair(as.integer(v), regions[r]); interval <- wilson(share[r], n[r])
      add(name, "cells", key, n = counts[v, r], column_percent = 100 * unname(share[r]), row_percent = 100 * t[v, r] / sum(t[v, ]),
          total_percent = 100 * t[v, r] / sum(t), ci_low = unname(interval[1]), ci_high = unname(interval[2]), residual = stdres[v, r])
      lower <- which(share < share[r] & !is.na(p[r, ]) & p[r, ] < .1)
      letters_of <- paste(ifelse(p[r, lower] < .05, LETTERS[lower], letters[lower]), collapse = " ")
      add(name, "column_letters", key, letters = letters_of)
    }
    of <- sum(t[v, ]) / sum(t); interval <- wilson(of, effective(w))
    add(name, "cells", list(value = as.integer(v), other_value = null), n = sum(counts[v, ]), column_percent = 100 * of, row_percent = 100,
        total_percent = 100 * of, ci_low = interval[1], ci_high = interval[2], residual = null)
  }
  for (r in regions) add(name, "cells", list(value = null, other_value = r), n = sum(counts[, r]), column_percent = 100, residual = null,
                         ci_low = null, row_percent = 100 * sum(t[, r]) / sum(t))
  add(name, "cells", list(value = null, other_value = null), n = sum(counts), column_percent = 100, row_percent = 100, total_percent = 100)
}
both <- !is.na(d$q1) & !is.na(d$region)
cells("plain", both, rep(1, nrow(d)), length, "holm")
cells("bonferroni", both, rep(1, nrow(d)), length, "bonferroni")
cells("weighted", both, d$w, function(w) sum(w)^2 / sum(w^2), "none")
cells("repeated", both & d$f > 0, d$f, sum, "holm")
# An option: chosen or not.
chosen <- function(o) vapply(strsplit(d$channels, ";"), function(x) if (length(x) == 0 || all(is.na(x))) NA else o %in% x, NA)
for (o in c("web", "shop")) {
  t <- table(chosen(o), factor(d$region, regions)); stdres <- chisq.test(t)$stdres
  for (r in regions) {
    interval <- wilson(t["TRUE", r] / sum(t[, r]), sum(t[, r]))
    add("plain", "cells", list(item = "channels", value = o, other_value = r), n = t["TRUE", r], residual = stdres["TRUE", r],
        ci_low = interval[1], ci_high = interval[2])
    add("turned", "cells", list(other_item = "channels", other_value = o, value = r), n = t["TRUE", r], residual = stdres["TRUE", r],
        row_percent = 100 * t["TRUE", r] / sum(t[, r]), column_percent = 100 * t["TRUE", r] / sum(t["TRUE", ]))
  }
}

# ---- Ordered answers ------------------------------------------------------------------------------------------
pairs_of <- function(n) {
  A <- D <- 0 * n; R <- nrow(n); C <- ncol(n)
  for (i in 1:R) for (j in 1:C) for (k in 1:R) for (l in 1:C) {
    s <- sign(k - i) * sign(l - j)
    if (s > 0) A[i, j] <- A[i, j] + n[k, l] else if (s < 0) D[i, j] <- D[i, j] + n[k, l]
  }
  list(A = A, D = D, P = sum(n * A), Q = sum(n * D), wr = sum(n)^2 - sum(rowSums(n)^2), wc = sum(n)^2 - sum(colSums(n)^2))
}
figures_of <- function(n) {
  x <- pairs_of(n); s <- x$P - x$Q
  c(gamma = s / (x$P + x$Q), tau_b = s / sqrt(x$wr * x$wc), somers_d_rows = s / x$wc, somers_d_columns = s / x$wr)
}
unweighted <- function(n) {
  x <- pairs_of(n); N <- sum(n); s <- x$P - x$Q; d <- x$A - x$D; w <- sqrt(x$wr * x$wc); tau <- s / w
  v <- outer(rowSums(n) * x$wc, colSums(n) * x$wr, "+")
  somers <- function(w, margin) sqrt(4 / w^4 * sum(n * (w * d - s * (N - margin))^2))
  z <- s / (2 * sqrt(sum(n * d^2) - s^2 / N))
  c(figures_of(n), gamma_se = sqrt(16 / (x$P + x$Q)^4 * sum(n * (x$Q * x$A - x$P * x$D)^2)),
    tau_b_se = sqrt(1 / w^4 * (sum(n * (2 * w * d + tau * v)^2) - N^3 * tau^2 * (x$wr + x$wc)^2)),
    somers_d_rows_se = somers(x$wc, matrix(colSums(n), nrow(n), ncol(n), byrow = TRUE)),
    somers_d_columns_se = somers(x$wr, matrix(rowSums(n), nrow(n), ncol(n))), z = z, p = 2 * pnorm(-abs(z)))
}
of <- list(item = "q1", other_item = "q3", group = null)
ok <- !is.na(d$q1) & !is.na(d$q3)
do.call(add, c(list("plain_order", "ordinal", of, n = sum(ok)), as.list(unweighted(unclass(table(d$q1, d$q3))))))
for (r in c("north", "west")) {
  x <- d[ok & d$region %in% r, ]
  do.call(add, c(list("plain_order", "ordinal", list(group = list(region = r)), n = nrow(x)), as.list(unweighted(unclass(table(x$q1, x$q3))))))
}
x <- d[ok & d$f > 0, ]
do.call(add, c(list("repeated_order", "ordinal", of, n = nrow(x)),
               as.list(unweighted(tapply(x$f, list(x$q1, x$q3), sum, default = 0)))))
x <- d[!is.na(d$q1) & !is.na(d$region), ]  # by the declared order of the regions
do.call(add, c(list("plain", "ordinal", list(item = "q1", other_item = "region", group = null)),
               as.list(unweighted(unclass(table(x$q1, factor(x$region, regions)))))))
# Weighted: derivatives of each figure by the weight in a cell, by central differences of two widths (Richardson).
x <- d[ok, ]; t <- tapply(x$w, list(x$q1, x$q3), sum, default = 0)
derivative <- function(of, k) {
  step <- function(h) { up <- down <- t; up[k] <- up[k] + h; down[k] <- down[k] - h; (of(up) - of(down)) / (2 * h) }
  (4 * step(.01) - step(.02)) / 3
}
influence <- sapply(seq_along(t), function(k) derivative(figures_of, k))
cell <- match(x$q1, sort(unique(x$q1))) + nrow(t) * (match(x$q3, sort(unique(x$q3))) - 1)
design <- svydesign(ids = ~1, weights = ~w, data = d)
se <- sapply(1:4, function(f) {
  u <- numeric(nrow(d)); u[ok] <- influence[f, cell]
  sqrt(vcov(svytotal(~u, update(design, u = u))))
})
names(se) <- paste0(names(figures_of(t)), "_se")
do.call(add, c(list("weighted_order", "ordinal", of, n = sum(ok)), as.list(c(figures_of(t)))))
kind <- "derived"; do.call(add, c(list("weighted_order", "ordinal", of), as.list(se))); kind <- "exact"

# ---- Exact ------------------------------------------------------------------------------------------------------
add("two_by_two", "exact_tests", list(item = "top", other_item = "sex"), p = fisher.test(table(d$q1 >= 4, d$sex))$p.value, se = null, draws = null)
kind <- "larger"
few <- d[d$region %in% "west", ]
add("larger", "exact_tests", list(item = "q1", other_item = "sex"), p = fisher.test(table(d$q1, d$sex))$p.value)
add("larger", "exact_tests", list(item = "q1", other_item = "sex", group = list(region = "west")), p = fisher.test(table(few$q1, few$sex))$p.value)

write_json(entries, "crosstab.json", digits = NA, auto_unbox = TRUE, null = "null", pretty = FALSE)
