// The same fit on the CPU and on a CUDA GPU; without one it says what it needs.
//   dotnet run -c Release --project samples/Gpu -p:AutoGraphBackend=cuda-linux -- [DEVICE]      (cuda-windows on Windows; default: the CPU's package)
using System.Globalization;

return Gpu.Lesson.Run(new AutoGraph.Datasets.SampleWorldOptions(), args is [var device] ? int.Parse(device, CultureInfo.InvariantCulture) : 0) ? 0 : 1;
