private import Engine
private import Foundation
private import Splitting

/// Near pairs among hashes that were made before: `duplicates --hashes`.
package struct HashSearch: Encodable, Sendable {
  /// Two lines of the file, the first being line 1.
  package struct Pair: Encodable, Sendable {
    package var first: Int
    package var second: Int
    package var bits: Int
  }

  package let hashes: Int
  /// Of the search alone, without reading.
  package let seconds: Double
  package let pairs: Int
  /// The first of them, in order.
  package let examples: [Pair]

  private static let exampleCount = 1000

  /// - Parameter file: a 64-bit hash a line, hexadecimal, as the catalog has them under `perceptual-hash`.
  package init(file: String, radius: Int) throws {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: file)) } catch { throw ToolError(.usage, "cannot read \(file)") }
    var values: [PerceptualHash] = []
    for (number, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let bits = UInt64(String(decoding: line, as: UTF8.self), radix: 16) else {
        throw ToolError(.usage, "\(file):\(number + 1): not a hexadecimal number of 64 bits")
      }
      values.append(PerceptualHash(bits: bits))
    }
    let start = ContinuousClock.now
    let found = try HashIndex(values).pairs(within: radius)
    let duration = start.duration(to: .now).components
    seconds = Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    hashes = values.count
    pairs = found.count
    examples = found.prefix(Self.exampleCount).map {
      Pair(first: $0.first + 1, second: $0.second + 1, bits: values[$0.first].distance(to: values[$0.second]))
    }
  }
}
