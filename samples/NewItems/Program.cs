// Books and readers that join after training: recommended at once, without a new fit, and still there after a restart.
//   dotnet run -c Release --project samples/NewItems
NewItems.Lesson.Run(new AutoGraph.Datasets.SampleWorldOptions(), Path.Combine(Path.GetTempPath(), "autograph-new-items"));
