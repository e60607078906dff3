extension Range<Int> {
  /// The first index that `belongs`, where all behind one that does belong too; the range's end where none does.
  @inlinable
  package func partitionIndex(where belongs: (Int) -> Bool) -> Int {
    var (low, high) = (lowerBound, upperBound)
    while low < high {
      let middle = (low + high) / 2
      if belongs(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
