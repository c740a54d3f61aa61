# Wilson's intervals of shares (Wilson 1927) of q1, of an option of channels, and by region: unweighted with n, with sampling
# weights with (sum w)^2 / sum w^2, with frequency weights with sum w; unweighted ones are prop.test's without its correction.
# Rscript describe_shares.R writes describe_shares.json, in tests/stats/golden.  R 4.2.2.
suppressMessages(library(jsonlite))
entries <- list(); null <- NULL
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character"), na.strings = "")
wilson <- function(p, n, z = qnorm(.975)) {
  100 * ((p + z^2 / (2 * n)) + c(-1, 1) * z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n)
}
shares <- function(name, x, w, effective, group) {
  for (v in 1:5) {
    p <- sum(w[x$q1 == v]) / sum(w); ci <- wilson(p, effective(w))
    entries[[length(entries) + 1]] <<- list(analysis = name, table = "distribution", match = list(item = "q1", group = group, value = v),
                                            figures = list(n = sum(x$q1 == v), percent = 100 * p, ci_low = max(0, ci[1]), ci_high = ci[2]))
  }
}
for (r in list(NULL, "north", "west")) {
  x <- d[!is.na(d$q1) & (if (is.null(r)) TRUE else d$region %in% r), ]; group <- if (!is.null(r)) list(region = r)
  shares("plain", x, rep(1, nrow(x)), length, group)
  shares("weighted", x, x$w, function(w) sum(w)^2 / sum(w^2), group)
  y <- x[x$f > 0, ]; shares("repeated", y, y$f, sum, group)
}
chosen <- strsplit(d$channels, ";"); ok <- !is.na(d$channels)
for (o in c("web", "agent")) {
  n <- sum(vapply(chosen[ok], function(x) o %in% x, NA)); ci <- 100 * prop.test(n, sum(ok), correct = FALSE)$conf.int
  entries[[length(entries) + 1]] <- list(analysis = "plain", table = "distribution", match = list(item = "channels", group = null, value = o),
                                         figures = list(n = n, ci_low = ci[1], ci_high = ci[2]))
}
write_json(entries, "describe_shares.json", digits = NA, auto_unbox = TRUE, null = "null", pretty = FALSE)
