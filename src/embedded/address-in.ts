import { usableAddresses } from '../docker/usable-addresses.ts'

/** The `number`th address of a subnet after its gateway, such as `10.0.1.7/24`; they come round again. */
export const addressIn = (subnet: string, number: number): string => {
  const [address = '', prefix = ''] = subnet.split('/')
  const parts = address.split('.').map(Number)
  if (parts.length !== 4) return subnet
  const first = parts.reduce((sum, part) => sum * 256 + part, 0)
  const usable = Math.max(1, usableAddresses({ Subnet: subnet, Gateway: address }) ?? 1)
  const value = first + 2 + (number % Math.max(1, usable - 1))
  return `${[24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')}/${prefix}`
}
