using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Levee.Streaming.Kafka.Tests")]
