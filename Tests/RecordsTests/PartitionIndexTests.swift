import Records
import Testing

@Suite struct PartitionIndexTests {
  @Test func theFirstOfThoseBehindIsFoundWhereverItIs() {
    for count in 0...9 {
      for first in 3...(3 + count) {
        #expect((3..<3 + count).partitionIndex { $0 >= first } == first)
      }
    }
  }
}
