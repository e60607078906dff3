/// Union-find with path halving and union by size.
package struct DisjointSets: Sendable {
  private var parents: [Int]
  private var sizes: [Int]

  /// So many elements, each alone.
  package init(count: Int) {
    parents = Array(0..<count)
    sizes = [Int](repeating: 1, count: count)
  }

  /// A member that stands for the whole set of `element`.
  package mutating func root(of element: Int) -> Int {
    var element = element
    while parents[element] != element {
      parents[element] = parents[parents[element]]
      element = parents[element]
    }
    return element
  }

  /// Makes one set of two.
  package mutating func join(_ left: Int, _ right: Int) {
    var (large, small) = (root(of: left), root(of: right))
    guard large != small else { return }
    if sizes[large] < sizes[small] { swap(&large, &small) }
    parents[small] = large
    sizes[large] += sizes[small]
  }
}
