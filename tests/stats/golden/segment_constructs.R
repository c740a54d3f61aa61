# Reference values for segment on means of items, which have many decimals: R's kmeans (Lloyd) from given centres.
# Rscript segment_constructs.R writes segment_constructs.csv and .json, which tests/stats/segment_golden_test.c reads.
suppressMessages(library(jsonlite))
options(warn = 2) # an empty cluster, say
set.seed(20240607)
n <- 2000
groups <- rbind(c(-1.4, -1, -1), c(0.2, -0.4, 0.9), c(0.9, 1.2, 0.1), c(-0.4, 0.6, -0.5))
own <- sample(4, n, TRUE, c(.2, .3, .3, .2))
d <- as.data.frame(lapply(setNames(1:9, paste0(rep(c("a", "b", "c"), each = 3), 1:3)), function(i) {
  v <- pmin(7, pmax(1, round(4 + groups[own, (i + 2) %/% 3] * 1.3 + rnorm(n, 0, 1.2))))
  ifelse(runif(n) < .06, NA, v)
}))
d$cost <- round(exp(rnorm(n, 3 + own / 3, .5)), 2)
write.csv(d, "segment_constructs.csv", row.names = FALSE, na = "", quote = FALSE)

construct <- function(name) {
  x <- as.matrix(d[paste0(name, 1:3)])
  ifelse(rowSums(!is.na(x)) >= 2, rowMeans(x, na.rm = TRUE), NA)
}
d$first <- construct("a"); d$second <- construct("b"); d$third <- construct("c")

entries <- list()
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
# The smallest difference between a row's two smallest squared distances in any pass: without ties, any exact
# enough program goes the same way.
narrowest <- function(z, centres) {
  narrowest <- Inf
  repeat {
    D <- sapply(1:nrow(centres), function(j) rowSums(sweep(z, 2, centres[j, ])^2))
    narrowest <- min(narrowest, apply(D, 1, function(v) diff(sort(v)[1:2])))
    own <- apply(D, 1, which.min)
    moved <- t(sapply(1:nrow(centres), function(j) colMeans(z[own == j, , drop = FALSE])))
    if (max(abs(moved - centres)) < 1e-13) return(narrowest)
    centres <- moved
  }
}
segment <- function(name, items, start) {
  x <- as.matrix(d[complete.cases(d[, items]), items])
  unit <- apply(x, 2, sd)
  z <- sweep(x, 2, unit, "/")
  r <- kmeans(z, sweep(start, 2, unit, "/"), iter.max = 10000, algorithm = "Lloyd")
  cat(name, r$iter, "passes, narrowest difference", narrowest(z, sweep(start, 2, unit, "/")), "\n")
  stopifnot(narrowest(z, sweep(start, 2, unit, "/")) > 1e-9)
  k <- nrow(start); order <- order(-r$size)
  stopifnot(r$iter < 10000, anyDuplicated(r$size) == 0)
  add(name, "segment_models", list(segments = k), within_ss = r$tot.withinss, between_percent = 100 * r$betweenss / r$totss)
  for (i in 1:k) {
    j <- order[i]
    add(name, "segment_sizes", list(segment = i), n = r$size[j], within_ss = r$withinss[j])
    for (c in seq_along(items))
      add(name, "segment_centres", list(item = items[c], segment = i), mean = r$centers[[j, c]] * unit[[c]])
  }
}
# Two starts for the means alone; then means beside a scale and an amount, whose mantissas are short.
means <- c("first", "second", "third")
segment("near", means, rbind(c(2, 3, 3), c(4, 3.5, 5), c(5, 5.5, 4), c(3.5, 5, 3.5)))
segment("far", means, rbind(c(3.1, 3.3, 6), c(2.8, 6, 3.2), c(6.1, 2.9, 3), c(5.7, 6.2, 6), c(4, 4.3, 3.9), c(1.6, 2.2, 2)))
segment("mixed", c("first", "b1", "cost"), rbind(c(2, 3, 20), c(4, 3, 60), c(5, 6, 60), c(4, 5, 120)))

write(toJSON(entries, auto_unbox = TRUE, digits = NA, pretty = FALSE), "segment_constructs.json")
cat(length(entries), "entries\n")
