/// Zeros around the last two axes of a map; a number alone is so many on each side.
package struct Margins: Hashable, Sendable, ExpressibleByIntegerLiteral {
  package var left: Int
  package var right: Int
  package var top: Int
  package var bottom: Int

  package init(left: Int, right: Int, top: Int, bottom: Int) {
    (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom)
  }

  package init(_ count: Int) { self.init(left: count, right: count, top: count, bottom: count) }

  package init(integerLiteral count: Int) { self.init(count) }

  /// In the order of `CTorch.h`.
  var numbers: [Int64] { [left, right, top, bottom].map(Int64.init) }
}
