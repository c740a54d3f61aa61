# Makes weighted_survey.csv: a small made-up survey with weights, groups, missing answers and a
# multiple-choice question.  Run once: Rscript weighted_survey.R
set.seed(20240229, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
n <- 360
blank <- function(x, share) replace(as.character(x), runif(length(x)) < share, "")
level <- rnorm(n)
scale_of <- function(load, low, high) {
  x <- load * level + sqrt(1 - load^2) * rnorm(n)
  pmin(high, pmax(low, round((low + high) / 2 + 0.6 + x * (high - low) / 4)))
}
region <- sample(c("north", "south", "east", "west"), n, TRUE, c(4, 3, 2, 1))
sex <- sample(c("f", "m"), n, TRUE)
options <- c("web", "phone", "shop", "agent")
chosen <- sapply(1:n, function(i) paste(options[runif(4) < c(0.6, 0.4, 0.3, 0.1) + 0.1 * (sex[i] == "f")],
                                        collapse = ";"))
survey <- data.frame(
  id = sprintf("r%03d", c(1:355, 10:14)),
  region = blank(region, 0.03), sex = sex,
  q1 = blank(scale_of(0.7, 1, 5), 0.06), q2 = blank(scale_of(0.6, 1, 5), 0.10),
  q3 = blank(scale_of(0.5, 1, 7), 0.04), q4 = blank(scale_of(0.8, 1, 10), 0.05),
  recommend = blank(scale_of(0.6, 0, 10), 0.05), effort = blank(scale_of(0.4, 1, 7), 0.02),
  age = blank(round(18 + 60 * runif(n)^1.3), 0.03),
  spend = blank(sprintf("%.2f", exp(3 + 0.3 * level + rnorm(n))), 0.08),
  channels = chosen,
  w = sprintf("%.4f", round(exp(0.5 * rnorm(n)) * ifelse(region == "west", 3, 1), 4)),
  f = sample(0:4, n, TRUE)
)
write.csv(survey, "weighted_survey.csv", row.names = FALSE, quote = FALSE, na = "")
