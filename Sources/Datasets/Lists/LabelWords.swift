internal import Records

/// Reads a label that a list writes as a word or a digit.
struct LabelWords {
  /// What the digit 1 stands for, where the dataset or datasets.toml says; without it digits are not read.
  let one: Label?

  /// `real`, `fake`, in any case; `0`, `1` where it is known which is which.
  func label(_ text: String) -> Label? {
    switch text.lowercased() {
    case "real": .real
    case "fake": .fake
    case "1": one
    case "0": one == .fake ? .real : one == .real ? .fake : nil
    default: nil
    }
  }

  /// Why a text that gives no label gives none, and what to do.
  func refusal(_ text: String) -> String {
    if text.isEmpty { return "has no label" }
    if one == nil, text == "0" || text == "1" {
      return "has a digit for a label; say in datasets.toml which is meant: one = \"fake\" or one = \"real\""
    }
    let digits = one.map { ", 1 (\($0.name)) or 0" } ?? ""
    return "has a label that is not real, fake\(digits)"
  }
}
