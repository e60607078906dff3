/// How large a picture is made before a detector looks at it.
package enum DetectionScale: Hashable, Sendable {
  /// Reduced until the longer side has at most so many pixels; never enlarged.
  case side(Int)
  /// Twice the size below 300 pixels of width, as it is up to 1000, half of it up to 1900, 0.33 of it above.
  ///
  /// Source: Seferbekov 2020, the solution that won the Deepfake Detection Challenge, its README.
  case dfdcWinner

  /// What options call the rules.
  package static let names = ["dfdc-winner", "side"]

  /// - Parameter sidePixels: what `side` reduces to.
  /// - Returns: `nil` where no rule has that name.
  package init?(name: String, sidePixels: Int) {
    switch name {
    case "dfdc-winner": self = .dfdcWinner
    case "side": self = .side(sidePixels)
    default: return nil
    }
  }

  /// What a picture's sides are multiplied by; above 1 it is enlarged.
  func factor(width: Int, height: Int) -> Double {
    switch self {
    case .side(let pixels): return min(1, Double(pixels) / Double(max(width, height)))
    case .dfdcWinner:
      switch width {
      case ..<300: return 2
      case ...1000: return 1
      case ...1900: return 0.5
      default: return 0.33
      }
    }
  }
}
